import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { keptToken } from '../../src/kept-token.js';
import { createLogger } from '../../src/logger.js';
import { systemClock } from '../../src/system-clock.js';

it('a damaged file with the lasting secret says nothing of it in the log', () => {
  const dir = mkdtempSync(join(tmpdir(), 'carter-kept-'));
  const secret = 'S3CR3T-refresh-of-the-device';
  // One flipped bit in the quote before it.
  writeFileSync(join(dir, 'device.json'), JSON.stringify({ version: 1, deviceId: 'd', refresh: secret, after: 'old-refresh' }, null, 1).replace(`"${secret}"`, `#${secret}"`), { mode: 0o600 });
  const log: string[] = [];
  const logger = createLogger({ level: 'debug', secrets: ['old-refresh'], destination: { write: (line) => log.push(line) }, pretty: false });
  const config = { bridge: { stateDir: dir }, relay: { credential: { deviceId: 'd', refresh: 'old-refresh', validator: 'https://127.0.0.1:1' } } };
  keptToken({ config: config as never, token: undefined, clock: systemClock(), random: Math.random, log: logger, revoked: () => {} });
  const said = log.join('');
  expect(said).not.toMatch(/S3CR3T/);
});
