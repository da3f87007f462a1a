import { readFileSync } from 'node:fs';
import type { Config } from '../config/schema.js';
import { BridgeError } from '../error.js';
import type { Sealed } from '../mesh/e2ee.js';
import { isObject, type JsonObject } from '../mesh/frame.js';
import type { LineOptions, LinkEnd, PortAddress } from '../port/line-link.js';
import type { SerialPortEntry } from '../port/serial-path.js';
import { configFromJson, configToJson } from './recorded-config.js';

/** What a recording begins with: all that its replay needs beside the traffic. No secret is in it. */
export interface RecordingHead {
  /** Of the program that recorded. */
  readonly version: string;
  /** Wall time of the moment; absent where the clock was not set. */
  readonly wall?: number | undefined;
  /** Seed of all chance. */
  readonly seed: number;
  /** Nonce on the bridge's frames. */
  readonly source: string;
  readonly openRelay: boolean;
  /** What was remembered from before, by file of the state folder. */
  readonly remembered: Readonly<Record<string, string>>;
  readonly config: Config;
}

type Direction = 'in' | 'out';

/** A file of the kernel was read, or could not be. */
export type FileRead =
  | { readonly file: string; readonly text: string }
  | { readonly file: string; readonly code: string; readonly message: string };

/** What happened, seen from the bridge. */
export type Happening =
  | FileRead
  /** The serial ports of the machine, now and whenever they are others. */
  | { readonly ports: readonly SerialPortEntry[] }
  /** A port may have appeared. */
  | { readonly wake: PortAddress }
  /** A port was opened, or was not. */
  | { readonly port: string; readonly open: LineOptions }
  | { readonly open: LineOptions; readonly code: string; readonly message: string }
  /** Bytes as they came from a device, and lines as they were written to it. */
  | { readonly port: string; readonly dir: Direction; readonly data: Buffer }
  | { readonly port: string; readonly end: LinkEnd['reason']; readonly message?: string | undefined }
  /** A frame as it was before it was sealed, and after it was opened; `welcome` and `closed` are the connection's own. */
  | { readonly relay: string; readonly dir: Direction; readonly frame: RelayFrame }
  /** The bridge was started, or told to stop. */
  | { readonly bridge: 'start' | 'stop' }
  /** The config was read anew. */
  | { readonly config: Config; readonly openRelay: boolean };

/** What goes over the relay, without what gets in there. */
export interface RelayFrame {
  readonly type: 'welcome' | 'closed' | 'broadcast' | 'request' | 'reply';
  readonly payload?: unknown;
  readonly sealed?: Sealed;
  /** It may have been on its way for too long. */
  readonly late?: boolean;
  /** Of a request and its reply. */
  readonly id?: number;
  /** What a request asks for. */
  readonly request?: string;
  readonly relayId?: string | undefined;
}

/** One line of a recording; `t` is `Clock.now()` of the moment. */
export type Entry = { readonly t: number } & Happening;

export interface Recording {
  readonly begun: number;
  readonly head: RecordingHead;
  readonly entries: readonly Entry[];
}

const FORMAT = 1;

/** The first line of a recording. */
export function headLine(t: number, { config, ...head }: RecordingHead): string {
  return JSON.stringify({ t, recording: FORMAT, ...head, config: configToJson(config) });
}

/** Another line; bytes that are plain text are written as such. */
export function entryLine(entry: Entry): string {
  if ('data' in entry) {
    const { data, ...rest } = entry;
    const text = data.toString('latin1');
    return JSON.stringify(
      /^[\t\n\r -~]*$/.test(text) ? { ...rest, data: text } : { ...rest, base64: data.toString('base64') },
    );
  }
  return JSON.stringify('config' in entry ? { ...entry, config: configToJson(entry.config) } : entry);
}

/** Reads a recording; a last line that is not whole is left out. Throws `record/missing` or `record/format`. */
export function readRecording(path: string): Recording {
  const [first = '', ...lines] = textOf(path).split('\n').slice(0, -1);
  const begin = lineIn(first);
  if (!begin) throw noRecording(path);
  const { t, recording, config, ...head } = begin;
  if (recording !== FORMAT) {
    const hint = recording === undefined ? undefined : 'replay it with the version of the program that wrote it';
    throw new BridgeError('record/format', `${path} is no recording that this program can read`, hint ? { hint } : {});
  }
  return {
    begun: t,
    head: { ...headOf(head, path), config: configOf(config, 1, path) },
    entries: lines.map((line, index) => entryOf(parse(line, index + 2, path), index + 2, path)),
  };
}

function headOf(head: JsonObject, path: string): Omit<RecordingHead, 'config'> {
  const { remembered, seed, source } = head;
  if (!isObject(remembered) || typeof seed !== 'number' || typeof source !== 'string') throw broken(1, path);
  return head as unknown as RecordingHead;
}

/** Who sent the file may have written it by hand. */
function configOf(json: unknown, line: number, path: string): Config {
  let config: Partial<Config>;
  try {
    config = configFromJson(json);
  } catch {
    throw broken(line, path);
  }
  if (!isObject(config) || !isObject(config['bridge']) || !isObject(config['relay'])) throw broken(line, path);
  if (!(config['devices'] instanceof Map)) throw broken(line, path);
  return config as unknown as Config;
}

function entryOf(value: JsonObject, line: number, path: string): Entry {
  const { base64, data, config, ...rest } = value;
  if (typeof base64 === 'string') return { ...rest, data: Buffer.from(base64, 'base64') } as unknown as Entry;
  if (typeof data === 'string') return { ...rest, data: Buffer.from(data, 'latin1') } as unknown as Entry;
  if (config !== undefined) return { ...rest, config: configOf(config, line, path) } as unknown as Entry;
  return rest as unknown as Entry;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const missing = code === 'ENOENT' || code === 'ENOTDIR';
    const message = missing ? `there is no file ${path}` : `can't read ${path} (${code})`;
    const hint = missing ? MADE : code === 'EISDIR' ? 'it is a folder' : 'this user must be able to read it';
    throw new BridgeError('record/missing', message, { hint, cause: error });
  }
}

function parse(line: string, number: number, path: string): JsonObject {
  const value = lineIn(line);
  if (value) return value;
  throw broken(number, path);
}

function broken(line: number, path: string): BridgeError {
  const hint = 'it is damaged there; the lines before it make a recording of their own';
  return new BridgeError('record/format', `line ${line} of ${path} is none of a recording`, { hint });
}

function lineIn(line: string): (JsonObject & { t: number }) | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof (value as { t?: unknown } | null)?.t === 'number') return value as JsonObject & { t: number };
  } catch {
    // Told with the place of the line.
  }
  return undefined;
}

const MADE = '`run --record FILE` makes one';

function noRecording(path: string): BridgeError {
  return new BridgeError('record/format', `${path} is no recording`, { hint: MADE });
}
