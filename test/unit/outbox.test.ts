import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/mesh/frame.js';
import type { PostAnswer } from '../../src/mesh/post-json.js';
import { type Notice, Outbox } from '../../src/notify/outbox.js';
import { KeptLog } from '../support/mesh-side.js';
import { VirtualClock } from '../support/virtual-clock.js';

type Answer = Partial<PostAnswer> | Error;

/** An outbox whose service answers with these, the last one again and again. */
function outbox(...answers: Answer[]) {
  const clock = new VirtualClock();
  const log = new KeptLog();
  const posted: { url: string; body: JsonObject; headers: Record<string, string> }[] = [];
  const post = async (url: string, body: JsonObject, headers: Record<string, string>): Promise<PostAnswer> => {
    posted.push({ url, body, headers });
    const next = answers.length > 1 ? answers.shift() : answers[0];
    if (next instanceof Error) throw next;
    return { status: 200, answer: { sent: 1 }, ...next };
  };
  const parts = { service: 'https://s.example/base/', token: 's3ss10n', channel: 'home', post, clock, log };
  return { box: new Outbox(parts), clock, log, posted, texts: () => posted.map(({ body }) => body['body']) };
}

const notice = (text: string): Notice => ({ title: 'garage', text, urgent: true, thread: 'garage.alarm0' });

describe('a notice', () => {
  it('goes to the service of the account, as it wants it', async () => {
    const { box, clock, posted } = outbox({});
    box.add({ ...notice('x'.repeat(1000)), title: 't'.repeat(1000), thread: 'h'.repeat(1000) });
    await clock.advance(0);
    expect(posted).toEqual([
      {
        url: 'https://s.example/base/alerts/notify',
        headers: { authorization: 's3ss10n' },
        body: {
          title: 't'.repeat(256),
          body: 'x'.repeat(256),
          sound: 'default',
          interruption: 'time-sensitive',
          threadId: 'h'.repeat(128),
          channel: 'home',
        },
      },
    ]);
    await clock.advance(3_600_000);
    expect(posted).toHaveLength(1);
    expect(clock.timers).toBe(0);
  });

  it('waits while the service wants fewer, as long as it says', async () => {
    const { box, clock, texts } = outbox({ status: 429, waitMs: 30_000 }, { status: 429 }, {});
    box.add(notice('a'));
    await clock.advance(29_000);
    expect(texts()).toEqual(['a']);
    await clock.advance(1_000);
    expect(texts()).toEqual(['a', 'a']);
    await clock.advance(59_000);
    expect(texts()).toHaveLength(2);
    await clock.advance(1_000);
    expect(texts()).toEqual(['a', 'a', 'a']);
    await clock.advance(3_600_000);
    expect(texts()).toHaveLength(3);
  });

  it('waits a second at least, and says so once, where the service wants fewer at once', async () => {
    const { box, clock, log, texts } = outbox({ status: 429, waitMs: 0 });
    box.add(notice('a'));
    await clock.advance(60_000);
    expect(texts().length).toBeLessThanOrEqual(61);
    expect(log.at('warn')).toHaveLength(1);
  });

  it('is not sent again once the token is refused, nor is any other', async () => {
    const { box, clock, log, texts } = outbox({ status: 401 });
    box.add(notice('a'));
    await clock.advance(3_600_000);
    box.add(notice('b'));
    await clock.advance(3_600_000);
    expect(texts()).toEqual(['a']);
    expect(log.at('error')).toEqual([expect.stringMatching(/refuses our notices \(401\); .*\[notify\/refused\]/)]);
    expect(log.all).not.toContain('s3ss10n');
  });

  it.each([
    [2, 3, 0],
    [3, 3, 1],
  ])('is tried again after %i times forbidden, but not after three in a row', async (times, posts, errors) => {
    const { box, clock, log, texts } = outbox(...Array.from({ length: times }, () => ({ status: 403 })), {});
    box.add(notice('a'));
    await clock.advance(600_000);
    expect(texts()).toHaveLength(posts);
    expect(log.at('error')).toHaveLength(errors);
  });

  it('is not given up for three times forbidden with a lost network between them', async () => {
    const forbidden = { status: 403 };
    const { box, clock, log, texts } = outbox(forbidden, forbidden, new Error('no route'), forbidden, {});
    box.add(notice('a'));
    await clock.advance(600_000);
    expect(texts()).toHaveLength(5);
    expect(log.at('error')).toEqual([]);
  });

  it('that waits goes to another account where the config names one, and no sooner to the same', async () => {
    const { box, clock, posted } = outbox({ status: 429, waitMs: 30_000 }, { status: 401 }, {});
    const at = (service: string, token: string, channel = 'home') => box.move({ service, token, channel });
    box.add(notice('a'));
    await clock.advance(10);
    at('https://s.example/base/', 's3ss10n', 'attic');
    await clock.advance(29_000);
    expect(posted).toHaveLength(1);
    await clock.advance(1_000);
    box.add(notice('b'));
    expect(posted).toHaveLength(2);
    at('https://t.example', 'fresh', 'attic');
    box.add(notice('c'));
    await clock.advance(3_000);
    expect(posted.slice(2)).toMatchObject([
      { url: 'https://t.example/alerts/notify', headers: { authorization: 'fresh' }, body: { channel: 'attic' } },
    ]);
  });

  it('is tried again while the service is not reached, and dropped when it is news no more', async () => {
    const { box, clock, log, texts } = outbox(new Error('no route'), { status: 502 }, new Error('no route'));
    box.add(notice('a'));
    await clock.advance(5_000 + 15_000);
    expect(texts()).toHaveLength(3);
    expect(log.at('warn')).toHaveLength(1);
    await clock.advance(3_600_000);
    expect(texts().length).toBeLessThan(20);
    expect(log.at('warn').at(-1)).toContain('could not be sent in time');
    expect(clock.timers).toBe(0);
  });

  it('that the service does not like is dropped, and the next one sent', async () => {
    const { box, clock, texts } = outbox({ status: 400 }, {});
    box.add(notice('a'));
    box.add(notice('b'));
    await clock.advance(10_000);
    expect(texts()).toEqual(['a', 'b']);
  });

  it('is one of sixteen that wait at most, and the oldest makes room', async () => {
    const { box, clock, log, texts } = outbox({});
    for (let i = 0; i < 30; i++) box.add(notice(String(i)));
    await clock.advance(60_000);
    expect(texts()).toEqual(['0', ...Array.from({ length: 16 }, (_, i) => String(14 + i))]);
    expect(log.at('warn').length).toBeGreaterThan(0);
    box.add(notice('x'));
    box.stop();
    await clock.advance(60_000);
    expect(clock.timers).toBe(0);
  });
});
