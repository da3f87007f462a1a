import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { createLogger } from '../../src/logger.js';
import { DeviceToken } from '../../src/mesh/device-token.js';
import { postJson } from '../../src/mesh/post-json.js';
import { VirtualClock } from '../support/virtual-clock.js';

const NONE = /not renewed: the service gave no token/;
const NO_SECRET = /not renewed: the service gave no lasting secret/;

/** What a service of tokens may answer, and what the log says of that. */
const ANSWERS: readonly [name: string, answer: unknown, said: RegExp][] = [
  ['a token that is too long for any log to hide', { deviceToken: 'x'.repeat(60_000) }, NONE],
  ['a token of many lines', { deviceToken: 'one\ntwo' }, NONE],
  ['a token in colours for the terminal', { deviceToken: '\u001b[2J\u202e' }, NONE],
  ['a token that is none', { deviceToken: { toString: 'x' } }, NONE],
  ['no token', [], NONE],
  ['a lasting secret that is too long', { deviceToken: 'good', refreshToken: 'x'.repeat(60_000) }, NO_SECRET],
  ['a lasting secret that is none', { deviceToken: 'good', refreshToken: 7 }, NO_SECRET],
  ['a lasting secret of many lines', { deviceToken: 'good', refreshToken: 'a\nb' }, NO_SECRET],
];

it.each(ANSWERS)('a service of tokens that gives %s changes nothing', async (_name, answer, said) => {
  const asked: string[] = [];
  const service = createServer((request, response) => {
    request.on('data', (chunk) => asked.push(JSON.parse(String(chunk)).refreshToken));
    request.on('end', () => response.end(JSON.stringify(answer)));
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void service.close());
  const lines: string[] = [];
  const log = createLogger({
    ...({ level: 'info', secrets: [], pretty: false } as const),
    destination: { write: (line) => lines.push(line) },
  });
  const { port } = service.address() as AddressInfo;
  const rotated: string[] = [];
  const token = new DeviceToken({
    credential: { deviceId: 'd1', refresh: 'lasting', validator: `http://127.0.0.1:${port}` },
    token: 'stale',
    post: postJson,
    rotated: async (refresh) => void rotated.push(refresh),
    revoked: () => rotated.push('revoked'),
    clock: new VirtualClock(),
    random: () => 0,
    log,
  });
  expect(await token.begin()).toBe(true);
  log.info({}, 'the log goes on');
  await token.stop();
  expect(token.current).toBe('stale');
  expect({ asked, rotated }).toEqual({ asked: ['lasting'], rotated: [] });
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual([expect.stringMatching(said), 'the log goes on']);
});
