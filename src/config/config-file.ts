import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { BridgeError } from '../error.js';
import { printable } from '../text.js';
import { ConfigError } from './config-error.js';

/** A config file as read: its text, and whether others than its owner can read it. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
  readonly shared: boolean;
}

/** Largest config in bytes. */
const MAX_BYTES = 1024 * 1024;

/** What to do about a config that is not there, and about a file that a config names. */
const BEGIN = 'check the path, or begin with `carter-bridge init`';
export const BESIDE = 'its path is relative to the config';

/**
 * Reads a config file, or one that a config names; `whenMissing`: what to do where it is not there. Throws `config/missing`,
 * `config/unreadable`, or a ConfigError for what is not text or too long.
 */
export function readConfigFile(path: string, whenMissing = BEGIN): ConfigFile {
  let bytes: Buffer;
  let mode: number;
  try {
    const file = openSync(path, 'r');
    try {
      mode = fstatSync(file).mode;
      bytes = readAtMost(file, MAX_BYTES + 1);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw fileError(path, error, whenMissing);
  }
  const fail = (message: string, hint: string) => {
    const start = { file: printable(path), line: 1, column: 1, path: '' };
    return new ConfigError([{ ...start, message, hint }]);
  };
  if (bytes.length > MAX_BYTES) throw fail('larger than 1 MiB', 'is this the right file?');
  try {
    return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), shared: (mode & 0o044) !== 0 };
  } catch {
    throw fail('not UTF-8 text', 'save the file as UTF-8');
  }
}

function readAtMost(file: number, limit: number): Buffer {
  const buffer = Buffer.alloc(limit);
  let length = 0;
  while (length < limit) {
    const read = readSync(file, buffer, length, limit - length, null);
    if (read === 0) break;
    length += read;
  }
  return buffer.subarray(0, length);
}

function fileError(path: string, cause: unknown, whenMissing: string): BridgeError {
  const code = (cause as NodeJS.ErrnoException).code;
  const name = printable(path);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new BridgeError('config/missing', `there is no file ${name}`, { hint: whenMissing, cause });
  }
  const hints: Record<string, string> = { EACCES: 'check its owner and mode', EISDIR: 'it is a folder' };
  const hint = hints[code ?? ''];
  return new BridgeError('config/unreadable', `can't read ${name} (${code})`, { ...(hint && { hint }), cause });
}
