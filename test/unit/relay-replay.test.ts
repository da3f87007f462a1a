import { expect, onTestFinished, test } from 'vitest';
import type { RelayLimits } from '../../src/relay/limits.js';
import { EmbeddedRelay } from '../../src/relay/relay.js';
import { type ReplayOptions, replay } from '../support/replay.js';
import { VirtualClock } from '../support/virtual-clock.js';

interface Setting {
  token?: string;
  limits?: Partial<RelayLimits>;
  closedByRelay?: string[];
}

const REFUSED = ['auth_token only', 'wrong token', 'token null', 'no token', 'token empty'];

const RECORDINGS: [string, Setting][] = [
  ['01-identify-welcome-roster', {}],
  ['02-broadcast-own-echo', {}],
  ['03-role-defaults', {}],
  ['04-broadcast-scope', {}],
  ['05-route-msg', {}],
  ['06-route-msg-noreply', {}],
  ['07-get-nodes', {}],
  ['08-name-eviction', { closedByRelay: ['A1', 'A2'] }],
  ['09-auth-token', { token: 's3cret', closedByRelay: REFUSED }],
  ['10-rate-limit', { limits: { framesPerSecond: 10 } }],
  ['11-auth-timeout-preauth', { closedByRelay: ['A', 'B'] }],
  ['19-legacy-verbs', {}],
];

test.each(RECORDINGS)('behaves to its clients as recorded: %s', async (name, { token, limits, closedByRelay = [] }) => {
  const clock = new VirtualClock();
  const relay = new EmbeddedRelay({ host: '127.0.0.1', port: 0, clock, token, limits: limits ?? {} });
  const { url } = await relay.start();
  onTestFinished(async () => {
    const stopped = relay.stop();
    await clock.advance(1_000);
    await stopped;
  });
  const options: ReplayOptions = { url, clock, closedByRelay };
  await expect(replay(new URL(`../vectors/relay/${name}.jsonl`, import.meta.url), options)).resolves.toBeUndefined();
});
