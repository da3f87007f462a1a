import { expect, test } from 'vitest';
import { notFor } from '../../src/http/hosts.js';
import { Access } from '../../src/panel/access.js';
import { Allowances } from '../../src/panel/allowances.js';
import { answerTo, type Gate } from '../../src/panel/answer.js';
import { SESSION_MS, type SessionRecord, Sessions } from '../../src/panel/sessions.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** A gate that lets strangers ask five times a second, and each browser that it knows as often, and one who asks at it. */
function gateAt(clock: VirtualClock, sessions = new Sessions(clock)) {
  const access = new Access(sessions, 'panel', clock);
  const gate: Gate = {
    scheme: 'http',
    hosts: new Set(['127.0.0.1:8080']),
    access,
    allowances: new Allowances(clock, 5),
    files: new Map([['/', { type: 'text/html', body: Buffer.from('page'), etag: '"1"' }]]),
  };
  const host = '127.0.0.1:8080';
  const ask = (cookie?: string, url = '/', headers = {}) =>
    answerTo({ method: 'GET', url, headers: { host, ...(cookie ? { cookie } : {}), ...headers } }, gate);
  const enter = (code: string) => String(ask(undefined, `/open/${code}`).headers['set-cookie']).split(';')[0] ?? '';
  return { access, ask, enter };
}

/** What is kept of sessions, without a disk. */
function memory() {
  const file = {
    kept: undefined as SessionRecord | undefined,
    read: <Fallback>(fallback: Fallback) => file.kept ?? fallback,
    write: async (record: SessionRecord) => {
      file.kept = record;
      return true;
    },
    writeOrRemove: (record: SessionRecord) => file.write(record),
    settled: async () => {},
  };
  return file;
}

test('strangers who knock again and again do not keep out whom the panel knows, nor who has a link', async () => {
  const clock = new VirtualClock();
  const { access, ask, enter } = gateAt(clock);
  const [code, other] = [access.newCode('operator'), access.newCode('viewer')];
  const knocks = Array.from({ length: 8 }, () => ask().status);
  expect(knocks).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
  expect(ask(undefined, `/open/${'A'.repeat(22)}`).status).toBe(429);
  const cookie = enter(code);
  expect(cookie).toMatch(/^panel=[\w-]{43}$/);
  expect(Array.from({ length: 6 }, () => ask(cookie).status)).toEqual([200, 200, 200, 200, 200, 429]);
  // Another browser is not kept out by this one.
  expect(ask(enter(other)).status).toBe(200);
  await clock.advance(1_001);
  expect([ask().status, ask(cookie).status]).toEqual([401, 200]);
});

test('each browser has a secret of its own, and leaves alone', () => {
  const { access, ask, enter } = gateAt(new VirtualClock());
  const [one, two] = [enter(access.newCode('operator')), enter(access.newCode('viewer'))];
  expect(one).not.toBe(two);
  expect(ask(one, '/leave', { 'sec-fetch-site': 'same-site' }).status).toBe(403);
  // A browser that loads ahead what somebody began to type has not been told to sign out.
  expect(ask(one, '/leave', { 'sec-fetch-site': 'none', 'sec-purpose': 'prefetch;prerender' }).status).toBe(403);
  expect(ask(one, '/leave', { 'sec-purpose': 'prefetch;prerender' }).status).toBe(503);
  const left = ask(one, '/leave', { 'sec-fetch-site': 'same-origin' });
  expect(left).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
  expect(left.headers['set-cookie']).toBe('panel=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict');
  expect([ask(one).status, ask(one, '/leave').status, ask(two).status]).toEqual([401, 401, 200]);
  expect(ask(one, '/leave').headers['set-cookie']).toBeUndefined();
});

test('a request with two hosts is for nobody', () => {
  const two = { headers: { host: '127.0.0.1:8080' }, headersDistinct: { host: ['127.0.0.1:8080', 'evil.example'] } };
  expect(notFor(two, new Set(['127.0.0.1:8080']))?.[0]).toBe(400);
  expect(notFor({ headers: two.headers }, new Set(['127.0.0.1:8080']))).toBeUndefined();
});

test('a link is not used up by a browser that looks ahead', () => {
  const { access, ask } = gateAt(new VirtualClock());
  const url = `/open/${access.newCode('operator')}`;
  for (const headers of [{ 'sec-purpose': 'prefetch;prerender' }, { purpose: 'prefetch' }, { 'x-moz': 'prefetch' }]) {
    const ahead = ask(undefined, url, headers);
    expect(ahead).toMatchObject({ status: 503, headers: { 'cache-control': 'no-store' } });
    expect(ahead.headers['set-cookie']).toBeUndefined();
  }
  expect(ask(undefined, url).status).toBe(200);
});

test('sixty-four browsers are remembered without their secrets, half a year long, the first goes first', async () => {
  const clock = new VirtualClock();
  const file = memory();
  const sessions = new Sessions(clock, file);
  const ended: string[] = [];
  sessions.watch((id) => ended.push(id));
  const secrets = Array.from({ length: 65 }, () => sessions.begin('operator'));
  const [first = '', second = ''] = secrets;
  expect(ended).toHaveLength(1);
  expect(JSON.stringify(file.kept)).not.toContain(second);
  const again = new Sessions(clock, file);
  expect([again.of(first), again.of(second)?.role, again.of('')]).toEqual([undefined, 'operator', undefined]);
  await clock.advance(SESSION_MS + 1_000);
  expect(again.of(second)).toBeUndefined();
  expect(await again.endAll()).toEqual({ count: 64, remembered: true });
  expect(file.kept).toEqual({ sessions: [] });
});

test.each([
  ['before the clock was set', undefined],
  ['while the clock was far ahead', Date.UTC(2099, 0)],
])('half a year is over also for a browser that was let in %s', async (_, epoch) => {
  const clock = new VirtualClock();
  const right = clock.epoch;
  const file = memory();
  clock.epoch = epoch;
  const sessions = new Sessions(clock, file);
  const [secret, idle] = [sessions.begin('operator'), sessions.begin('viewer')];
  expect(sessions.of(secret)?.role).toBe('operator');
  clock.epoch = right;
  // From now on it counts, over restarts too, and for whoever was not seen meanwhile.
  expect(sessions.of(secret)?.role).toBe('operator');
  const again = new Sessions(clock, file);
  await clock.advance(SESSION_MS - 1_000);
  expect([again.of(secret)?.role, again.of(idle)?.role]).toEqual(['operator', 'viewer']);
  await clock.advance(2_000);
  expect([again.of(secret), again.of(idle)]).toEqual([undefined, undefined]);
});
