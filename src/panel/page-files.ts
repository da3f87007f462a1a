import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { BridgeError } from '../error.js';

/** One file of the built page. */
export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
  readonly etag: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

/** The files of the built page by their paths; throws `panel/page` where it is not built. */
export function loadPage(folder: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>();
  try {
    for (const name of readdirSync(folder)) {
      const type = TYPES[extname(name)];
      if (type === undefined) continue;
      const body = readFileSync(join(folder, name));
      const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`;
      files.set(name === 'index.html' ? '/' : `/${name}`, { type, body, etag });
    }
  } catch (cause) {
    throw notBuilt(folder, cause);
  }
  if (!files.has('/')) throw notBuilt(folder);
  return files;
}

function notBuilt(folder: string, cause?: unknown): BridgeError {
  return new BridgeError('panel/page', `the panel's page is not in ${folder}`, { hint: 'run `npm run build`', cause });
}
