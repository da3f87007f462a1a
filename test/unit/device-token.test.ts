import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Log, silentLog } from '../../src/log.js';
import { createLogger } from '../../src/logger.js';
import { DeviceToken } from '../../src/mesh/device-token.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { postJson } from '../../src/mesh/post-json.js';
import { VirtualClock } from '../support/virtual-clock.js';

const CREDENTIAL = { deviceId: 'd1', refresh: 'r1', validator: 'https://v.example/base/' };

/** A token whose service answers with these, the last one again and again. */
function token(...answers: ({ status: number; answer?: unknown } | Error)[]) {
  return chancy(0, answers);
}

function chancy(random: number, answers: ({ status: number; answer?: unknown } | Error)[], log: Log = silentLog) {
  const clock = new VirtualClock();
  const asked: { url: string; body: JsonObject }[] = [];
  const rotated: string[] = [];
  let revoked = 0;
  const kept = new DeviceToken({
    credential: CREDENTIAL,
    token: 'first',
    post: async (url, body) => {
      asked.push({ url, body });
      const next = answers.length > 1 ? answers.shift() : answers[0];
      if (next instanceof Error || next === undefined) throw next;
      return { status: next.status, answer: next.answer };
    },
    rotated: async (refresh) => void rotated.push(refresh),
    revoked: () => revoked++,
    clock,
    random: () => random,
    log,
  });
  return { kept, clock, asked, rotated, revoked: () => revoked };
}
const fresh = (deviceToken: string, more: JsonObject = {}) => ({ status: 200, answer: { deviceToken, ...more } });

describe('the token of a device', () => {
  it('is renewed before the first connection, then every 40 minutes', async () => {
    const { kept, clock, asked } = token(fresh('second'), fresh('third'));
    expect(await kept.begin()).toBe(true);
    expect(kept.current).toBe('second');
    expect(asked).toEqual([
      { url: 'https://v.example/base/devices/sessions/refresh', body: { deviceId: 'd1', refreshToken: 'r1' } },
    ]);
    await clock.advance(2_399_000);
    expect(asked).toHaveLength(1);
    await clock.advance(2_000);
    expect(kept.current).toBe('third');
    await kept.stop();
    await clock.advance(10_000_000);
    expect(asked).toHaveLength(2);
  });

  it('is renewed earlier where it ends earlier', async () => {
    const { kept, clock, asked } = token(fresh('second', { expiresAt: 0 }));
    const end = ((clock.wall() ?? 0) + 300_000) / 1000;
    const timed = token(fresh('second', { expiresAt: end }));
    await timed.kept.begin();
    await timed.clock.advance(241_000);
    expect(timed.asked).toHaveLength(2);
    await kept.begin();
    await clock.advance(31_000);
    expect(asked).toHaveLength(2);
  });

  it('stays what it was while the service is not reached', async () => {
    const { kept, clock } = token(new Error('no route'), { status: 500 }, { status: 200, answer: {} }, fresh('second'));
    expect(await kept.begin()).toBe(true);
    expect(kept.current).toBe('first');
    await clock.advance(2 * 2_400_000 + 1_000);
    expect(kept.current).toBe('first');
    await clock.advance(2_400_000);
    expect(kept.current).toBe('second');
  });

  it('takes a new lasting secret, and uses it', async () => {
    const { kept, clock, asked, rotated } = token(fresh('second', { refreshToken: 'r2' }), fresh('third'));
    await kept.begin();
    expect(rotated).toEqual(['r2']);
    await clock.advance(2_400_000);
    expect(asked[1]?.body).toEqual({ deviceId: 'd1', refreshToken: 'r2' });
  });

  it('stays among what no log shows with its lasting secret, however many tokens come after that', async () => {
    const lines: string[] = [];
    const options = { level: 'info', secrets: [], pretty: false } as const;
    const log = createLogger({ ...options, destination: { write: (line) => lines.push(line) } });
    const tokens = Array.from({ length: 50 }, (_, i) => fresh(`token-${i}`));
    const { kept, clock } = chancy(0, [fresh('token', { refreshToken: 'lasting' }), ...tokens], log);
    await kept.begin();
    await clock.advance(40 * 2_400_000);
    log.info({}, `the relay closed the connection (1008 lasting ${kept.current})`);
    expect(lines.at(-1)).toContain('(1008 [redacted] [redacted])');
    await kept.stop();
  });

  it('is given up at once where the device is unknown, and after the third "forbidden" in a row', async () => {
    const unknown = token({ status: 401 });
    expect(await unknown.kept.begin()).toBe(false);
    expect(unknown.revoked()).toBe(1);

    const forbidden = token({ status: 403 });
    const begun = forbidden.kept.begin();
    await forbidden.clock.advance(10_000);
    expect(await begun).toBe(false);
    expect(forbidden.asked).toHaveLength(3);
    expect(forbidden.revoked()).toBe(1);

    const once = token({ status: 403 }, fresh('second'));
    const beginning = once.kept.begin();
    await once.clock.advance(10_000);
    expect(await beginning).toBe(true);
    expect(once.kept.current).toBe('second');

    const later = token(fresh('second'), { status: 403 });
    await later.kept.begin();
    await later.clock.advance(2_400_000 + 59_000);
    expect(later.revoked()).toBe(0);
    await later.clock.advance(62_000);
    expect(later.revoked()).toBe(1);
  });

  it('is not given up for three "forbidden" with a lost network between them', async () => {
    const no = { status: 403 };
    const lost = new Error('no route');
    const { kept, clock, revoked } = token(no, lost, no, lost, no, fresh('second'));
    void kept.begin();
    await clock.advance(4 * 2_400_000);
    expect([revoked(), kept.current]).toEqual([0, 'second']);
  });

  it('is begun once, and its end waits for an answer that is on its way', async () => {
    const rotated: string[] = [];
    let answer: (() => void) | undefined;
    let asked = 0;
    const kept = new DeviceToken({
      credential: CREDENTIAL,
      token: 'first',
      post: () =>
        new Promise((resolve) => {
          asked++;
          answer = () => resolve(fresh('second', { refreshToken: 'r2' }));
        }),
      rotated: async (refresh) => void rotated.push(refresh),
      revoked: () => {},
      clock: new VirtualClock(),
      random: () => 0,
      log: silentLog,
    });
    const begun = [kept.begin(), kept.begin()];
    const ended = kept.stop();
    expect(asked).toBe(1);
    answer?.();
    await ended;
    expect(rotated).toEqual(['r2']);
    expect(await Promise.all(begun)).toEqual([false, false]);
  });

  it('is renewed up to a tenth sooner, by chance', async () => {
    const { kept, clock, asked } = chancy(0.5, [fresh('second')]);
    await kept.begin();
    await clock.advance(2_279_000);
    expect(asked).toHaveLength(1);
    await clock.advance(2_000);
    expect(asked).toHaveLength(2);
    await kept.stop();
  });

  it('is renewed when the relay does not let it in, every 30 s at most', async () => {
    const { kept, clock, asked } = token(fresh('second'), fresh('third'), fresh('fourth'));
    await kept.begin();
    kept.refusedByRelay();
    await clock.advance(29_000);
    kept.refusedByRelay();
    expect(asked).toHaveLength(1);
    await clock.advance(2_000);
    kept.refusedByRelay();
    kept.refusedByRelay();
    await clock.advance(1_000);
    expect([asked.length, kept.current]).toEqual([2, 'third']);
    await clock.advance(2_399_000);
    expect(asked).toHaveLength(3);
    await kept.stop();
    kept.refusedByRelay();
    await clock.advance(60_000);
    expect(asked).toHaveLength(3);
  });

  it('is asked for as JSON over HTTP', async () => {
    const server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk) => (text += chunk));
      request.on('end', () => {
        const { deviceId } = JSON.parse(text);
        if (deviceId === 'html') response.writeHead(502).end('<html>');
        else response.end(JSON.stringify({ deviceToken: `for ${deviceId} as ${request.headers['content-type']}` }));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect(await postJson(url, { deviceId: 'd1' })).toEqual({
      status: 200,
      answer: { deviceToken: 'for d1 as application/json' },
    });
    expect(await postJson(url, { deviceId: 'html' })).toEqual({ status: 502, answer: undefined });
  });
});
