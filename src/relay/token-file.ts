import { readFile } from 'node:fs/promises';
import { BridgeError } from '../error.js';
import { type Log, silentLog } from '../log.js';
import { makePrivate, writePrivate } from '../private-file.js';
import { isToken, newToken } from './token.js';

/**
 * The token in the file at `path`; a missing file is made with a new one that only its owner can read. A file that others can read is
 * made private, with a warning. Rejects with `relay/token-file` when the file cannot be read, made or made private, or holds no token.
 */
export async function loadOrCreateToken(path: string, log: Log = silentLog): Promise<string> {
  try {
    return (await load(path, log)) ?? (await create(path));
  } catch (error) {
    if (error instanceof BridgeError) throw error;
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new BridgeError('relay/token-file', `token file ${path}: ${reason}`, {
      hint: 'choose a file that this user may read and write',
      cause: error,
    });
  }
}

async function load(path: string, log: Log): Promise<string | undefined> {
  makePrivate(path, log, 'Delete it to get a new token');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const token = text.trim();
  if (isToken(token)) return token;
  throw new BridgeError('relay/token-file', `token file ${path} holds no token of 8 to 512 visible characters`, {
    hint: 'delete the file to get a new token',
  });
}

async function create(path: string): Promise<string> {
  const token = newToken();
  await writePrivate(path, `${token}\n`);
  return token;
}
