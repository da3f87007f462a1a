import { join } from 'node:path';
import type { Value } from '../device/point.js';
import { BridgeError } from '../error.js';
import type { JsonObject } from '../mesh/frame.js';
import { printable } from '../text.js';

/** A question to the running bridge: one JSON object in one line over its control socket. */
export type ControlRequest =
  | { readonly op: 'get'; readonly device: string; readonly point?: string }
  | {
      readonly op: 'set';
      readonly device: string;
      readonly point: string;
      readonly value: Value;
      /** Arms the output first. */
      readonly arm?: boolean;
    }
  | { readonly op: 'approve'; readonly device: string }
  | { readonly op: 'approve_new'; readonly ms: number }
  | { readonly op: 'monitor'; readonly device: string; readonly point?: string }
  | { readonly op: 'push'; readonly phone?: string }
  | { readonly op: 'panel'; readonly role?: 'viewer' | 'operator' }
  | { readonly op: 'status' | 'layout' | 'contract' | 'pairing' | 'audit' | 'panel_revoke' };

/** What the bridge answers, one JSON object a line; `monitor` gets an `ok` line, then entries until it hangs up. */
export type ControlAnswer = JsonObject & { ok: boolean };

/** How long new boards may be approved as they are plugged in, in ms. */
export const LONGEST_WELCOME = 10 * 60_000;

/** Characters of the longest line either side accepts. */
export const MAX_CONTROL_LINE = 65_536;

/** Characters of the longest answer: a layout of everything that apps take. */
export const MAX_CONTROL_ANSWER = 4 * 1024 * 1024;

/** Bytes of the longest path that a socket can have (sun_path of unix(7), less its closing zero). */
const MAX_PATH = 107;

/** The control socket in a state folder; throws `control/path` where its path is longer than a socket's can be. */
export function controlSocket(stateDir: string): string {
  const path = join(stateDir, 'control.sock');
  if (fitsSocket(path)) return path;
  const bytes = Buffer.byteLength(path);
  const message = `the state folder ${printable(stateDir)} is too long for a socket: ${bytes} bytes, at most ${MAX_PATH}`;
  throw new BridgeError('control/path', message, { hint: 'set a shorter bridge.stateDir' });
}

/** False for a path that is longer than a socket's can be. */
export function fitsSocket(path: string): boolean {
  return Buffer.byteLength(path) <= MAX_PATH;
}

/** Splits a stream of text into lines; a line over the limit is an error. */
export function lineSplitter(
  onLine: (line: string) => void,
  onOverlong: () => void,
  limit = MAX_CONTROL_LINE,
): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > limit) {
      rest = '';
      onOverlong();
      return;
    }
    for (const line of lines) if (line !== '') onLine(line);
  };
}
