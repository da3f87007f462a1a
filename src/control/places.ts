import { createHash } from 'node:crypto';
import { accessSync, constants, lstatSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isInUse } from './client.js';
import { controlSocket, fitsSocket } from './protocol.js';

/** What says where this user may have a socket. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid: number;
}

/** Where systemd makes a folder for the service. */
const SERVICE = '/run/carter-bridge';

/** Where the control socket may be whose state folder can't have it, as on a read-only disk; the likeliest first. */
export function spareSockets(stateDir: string, { env, uid }: Surroundings): string[] {
  const name = `control-${createHash('sha256').update(stateDir).digest('hex').slice(0, 16)}.sock`;
  const [own = SERVICE] = env['RUNTIME_DIRECTORY']?.split(':') ?? [];
  const folders = [own, `/run/user/${uid}`, join(tmpdir(), `carter-bridge-${uid}`)];
  return folders.map((folder) => join(folder, name)).filter(fitsSocket);
}

/** Where the bridge with this state folder listens, or would. Throws `control/path`. */
export async function findSocket(stateDir: string, surroundings: Surroundings): Promise<string> {
  const usual = controlSocket(stateDir);
  const isOpen = (path: string) => isTrusted(dirname(path), surroundings.uid) && canEnter(dirname(path));
  const spares = spareSockets(stateDir, surroundings).filter(isOpen);
  if (spares.length === 0 || (await isInUse(usual))) return usual;
  for (const path of spares) if (await isInUse(path)) return path;
  return usual;
}

/** False for a folder in which somebody else may have put a socket that looks like the bridge's. */
function isTrusted(folder: string, uid: number): boolean {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && (stats.uid === uid || folder.startsWith('/run/'));
}

/** False where a socket in there says the same to us, whether or not a bridge has it: the service's folder is its own. */
function canEnter(folder: string): boolean {
  try {
    accessSync(folder, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
