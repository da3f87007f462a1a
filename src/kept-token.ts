import { join } from 'node:path';
import type { Clock } from './clock.js';
import type { Config } from './config/schema.js';
import type { Log } from './log.js';
import { DeviceToken } from './mesh/device-token.js';
import { isObject } from './mesh/frame.js';
import { postJson } from './mesh/post-json.js';
import { closeToOthers } from './private-file.js';
import { KeptFile } from './state/kept-file.js';
import { StateFile } from './state/state-file.js';

/** What a kept token is built from. */
export interface KeptTokenParts {
  readonly config: Pick<Config, 'bridge' | 'relay'>;
  /** The token that came with the credential. */
  readonly token: string | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  revoked(): void;
}

/** The lasting secret of a device, as the service gave it last. */
interface Kept {
  readonly deviceId: string;
  readonly refresh: string;
  /** The secret of the credential in the config, from which this one comes. */
  readonly after: string;
}

/**
 * The token of a device that was added to an account, its lasting secret kept over restarts where the service replaces it;
 * undefined where the config has no such credential.
 */
export function keptToken({ config, token, clock, random, log, revoked }: KeptTokenParts): DeviceToken | undefined {
  const { credential } = config.relay;
  if (!credential) return undefined;
  const path = join(config.bridge.stateDir, 'device.json');
  // Closed or not, what is in it is needed: without the newest secret the account would not know us any more.
  for (const copy of [path, `${path}.previous`]) closeToOthers(copy, log, 'Add the device to your account anew');
  const file = new KeptFile(new StateFile<Kept>(path, log), clock);
  const kept = file.read(undefined, isKept);
  // A new credential in the config is worth more than what came of an old one.
  const own = kept?.deviceId === credential.deviceId && kept.after === credential.refresh;
  if (own) log.hide?.(kept.refresh);
  const rotated = (refresh: string) =>
    file.write({ deviceId: credential.deviceId, refresh, after: credential.refresh });
  return new DeviceToken({
    credential: own ? { ...credential, refresh: kept.refresh } : credential,
    token,
    post: postJson,
    rotated,
    // Else what could not be written would be tried again over what another credential has put there meanwhile.
    ended: () => void file.close(),
    revoked,
    clock,
    random,
    log: log.child({ part: 'token' }),
  });
}

function isKept(value: unknown): value is Kept {
  return isObject(value) && ['deviceId', 'refresh', 'after'].every((key) => typeof value[key] === 'string');
}
