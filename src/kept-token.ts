import type { Clock } from './clock.js';
import type { Config } from './config/schema.js';
import type { KeptSecrets } from './kept-secrets.js';
import type { Log } from './log.js';
import { DeviceToken } from './mesh/device-token.js';
import { postJson } from './mesh/post-json.js';

/** What a kept token is built from. */
export interface KeptTokenParts {
  readonly config: Pick<Config, 'relay'>;
  /** The token that came with the credential. */
  readonly token: string | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** Asked for where there is a credential. */
  secrets(): KeptSecrets;
  revoked(): void;
}

/**
 * The token of a device that was added to an account, its lasting secret kept over restarts where the service replaces it;
 * undefined where the config has no such credential.
 */
export function keptToken({ config, token, clock, random, log, ...own }: KeptTokenParts): DeviceToken | undefined {
  const { credential } = config.relay;
  if (!credential) return undefined;
  const secrets = own.secrets();
  const kept = secrets.of(credential);
  if (kept !== undefined) log.hide?.(kept);
  return new DeviceToken({
    credential: { ...credential, refresh: kept ?? credential.refresh },
    token,
    post: postJson,
    rotated: (refresh) => secrets.replace(credential, refresh),
    revoked: () => own.revoked(),
    clock,
    random,
    log: log.child({ part: 'token' }),
  });
}
