import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBridgeError } from '../../src/error.js';
import { isEnvelope, roomCipher } from '../../src/mesh/e2ee.js';
import { deriveKey, type KeyLabel, sealText } from '../../src/mesh/e2ee-box.js';
import { ReplayWindow } from '../../src/mesh/e2ee-replay.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { VirtualClock } from '../support/virtual-clock.js';

interface Vectors {
  keys: { secretHex: string; saltHex: string; info: KeyLabel; keyHex: string }[];
  seal: {
    id: string;
    secretHex: string;
    saltHex: string;
    info: KeyLabel;
    keyHex: string;
    n: number;
    plaintext: string;
    payload: unknown;
    envelope: JsonObject & { ct: string };
  }[];
  openOnly: { id: string; secretHex: string; envelope: JsonObject; pythonOpens: unknown }[];
  reject: {
    id: string;
    openAs: 'group' | 'client' | 'device';
    secretHex: string;
    envelope: JsonObject;
    isEnvelope: boolean;
    carterkit090: { opened?: unknown };
  }[];
  stamped: { secretHex: string; plaintext: string; envelope: JsonObject }[];
}

const url = new URL('../vectors/e2ee-vectors.json', import.meta.url);
const vectors = JSON.parse(readFileSync(url, 'utf8')) as Vectors;
const bytes = (hex: string) => Buffer.from(hex, 'hex');

/** A clock whose wall time is not known, so that stamps of any age pass. */
function timeless(): VirtualClock {
  const clock = new VirtualClock();
  clock.epoch = undefined;
  return clock;
}

function cipher(secret: Uint8Array, name = 'garage', clock = timeless(), open: KeyLabel = 'grp v2', channel = 'lab') {
  const labels = { seal: 'grp v2' as const, open };
  return roomCipher(Buffer.from(secret).toString('base64'), { channel, name, clock, labels });
}

function code(fn: () => unknown): string {
  try {
    fn();
  } catch (error) {
    return isBridgeError(error) ? error.code : String(error);
  }
  return 'nothing';
}

describe('vectors of carterkit 0.9.0', () => {
  it.each(vectors.keys)('derives $info', ({ secretHex, saltHex, info, keyHex }) => {
    expect(Buffer.from(deriveKey(bytes(secretHex), bytes(saltHex), info)).toString('hex')).toBe(keyHex);
  });

  it.each(vectors.seal)('seals and opens $id', ({ secretHex, keyHex, n, plaintext, payload, envelope, info }) => {
    expect(sealText(bytes(keyHex), n, plaintext).toString('base64')).toBe(envelope.ct);
    expect(cipher(bytes(secretHex), 'x', timeless(), info).open(envelope).payload).toEqual(payload);
  });

  it.each(vectors.openOnly)('opens $id', ({ secretHex, envelope, pythonOpens }) => {
    expect(cipher(bytes(secretHex)).open(envelope).payload).toEqual(pythonOpens);
  });

  it.each(vectors.stamped)('opens a stamped one', ({ secretHex, plaintext, envelope }) => {
    expect(cipher(bytes(secretHex)).open(envelope).payload).toEqual(JSON.parse(plaintext));
  });

  // JSON.parse cannot tell 0.0 from 0, so that one opens here.
  it.each(vectors.reject)('$id', ({ id, openAs, secretHex, envelope, isEnvelope: recognised, carterkit090 }) => {
    const open = ({ group: 'grp v2', client: 'd2c v2', device: 'c2d v2' } as const)[openAs];
    const opener = cipher(bytes(secretHex), 'x', timeless(), open);
    expect(isEnvelope(envelope)).toBe(recognised);
    if ('opened' in carterkit090) expect(opener.open(envelope).payload).toEqual(carterkit090.opened);
    else if (id !== 'n-float-0.0') expect(code(() => opener.open(envelope))).toMatch(/^e2ee\/(auth|envelope)$/);
  });
});

describe('a room', () => {
  const key = Buffer.alloc(32, 5);

  it('opens for a member what a member sealed, whatever it is', () => {
    const [ann, ben] = [cipher(key, 'ann'), cipher(key, 'ben')];
    const json = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 }));
    fc.assert(
      fc.property(json, (payload) => {
        const { ['__proto__']: _, ...plain } = JSON.parse(JSON.stringify(payload)) as JsonObject;
        const opened = ben.open(JSON.parse(JSON.stringify(ann.seal(payload)))).payload;
        const expected = { ...plain, _ch: 'lab', _from: 'ann' };
        expect(JSON.stringify(opened)).toBe(JSON.stringify(stripProto(expected)));
      }),
    );
  });

  it('never opens what a bit was changed in', () => {
    const [ann, ben] = [cipher(key, 'ann'), cipher(key, 'ben')];
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (at, salted) => {
        const envelope = ann.seal({ on: true });
        const field = salted % 2 === 0 ? 'ct' : 's';
        const changed = Buffer.from(envelope[field], 'base64');
        const bit = at % (changed.length * 8);
        changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(code(() => ben.open({ ...envelope, [field]: changed.toString('base64') }))).toBe('e2ee/auth');
      }),
    );
  });

  it('counts from 0 with one salt an instance, and knows its own', () => {
    const [ann, again] = [cipher(key, 'ann'), cipher(key, 'ann')];
    const [first, second] = [ann.seal({}), ann.seal({})];
    expect([first.n, second.n, first.s === second.s, again.seal({}).s === first.s]).toEqual([0, 1, true, false]);
    expect([ann.isOwn(second), again.isOwn(second), ann.isOwn({}), ann.isOwn(null)]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it('takes an envelope once, and late ones within 64 frames', () => {
    const [ann, ben] = [cipher(key, 'ann'), cipher(key, 'ben')];
    const frames = Array.from({ length: 100 }, (_, i) => ann.seal({ i }));
    expect(code(() => ben.open(frames[70]))).toBe('nothing');
    expect(code(() => ben.open(frames[70]))).toBe('e2ee/replay');
    expect(code(() => ben.open(frames[7]))).toBe('nothing');
    expect(code(() => ben.open(frames[7]))).toBe('e2ee/replay');
    expect(code(() => ben.open(frames[6]))).toBe('e2ee/replay');
    expect(code(() => ben.open({ ...frames[99], n: 2 ** 53 - 1 }))).toBe('e2ee/auth');
    expect(code(() => ben.open(frames[99]))).toBe('nothing');
  });

  it('tells which frames were overtaken by a newer one of their sender', () => {
    const [ann, ben] = [cipher(key, 'ann'), cipher(key, 'ben')];
    const frames = [0, 1, 2, 3].map((i) => ann.seal({ i }));
    const late = [1, 0, 3, 2].map((i) => ben.open(frames[i]).late);
    expect(late).toEqual([false, true, false, true]);
    expect(ben.open(cipher(key, 'carl').seal({})).late).toBe(false);
  });

  it('remembers 256 senders, and no stranger pushes one out', () => {
    const ben = cipher(key, 'ben');
    const first = cipher(key, 'ann').seal({});
    ben.open(first);
    const stranger = cipher(Buffer.alloc(32, 6), 'eve').seal({});
    for (let i = 0; i < 300; i++) {
      const s = Buffer.alloc(16, i)
        .fill(i >> 8, 0, 1)
        .toString('base64');
      expect(code(() => ben.open({ ...stranger, s }))).toBe('e2ee/auth');
      expect(code(() => ben.open(cipher(key, 'ann', timeless(), 'grp v2', 'other').seal({})))).toBe('e2ee/channel');
    }
    for (let i = 0; i < 255; i++) ben.open(cipher(key, 'ann').seal({}));
    expect(code(() => ben.open(first))).toBe('e2ee/replay');
  });

  it('refuses frames of another time or channel, and a replay of a refused one', () => {
    const clock = new VirtualClock();
    const ben = cipher(key, 'ben', clock);
    const at = (offset: number, channel = 'lab') => {
      const theirs = new VirtualClock();
      theirs.epoch = clock.wall() === undefined ? undefined : (clock.wall() ?? 0) + offset;
      return cipher(key, 'ann', theirs, 'grp v2', channel).seal({});
    };
    expect(code(() => ben.open(at(-120_000)))).toBe('nothing');
    expect(code(() => ben.open(at(120_000)))).toBe('nothing');
    expect(code(() => ben.open(at(-120_001)))).toBe('e2ee/stale');
    expect(code(() => ben.open(at(120_001)))).toBe('e2ee/stale');
    expect(code(() => ben.open(at(0, 'other')))).toBe('e2ee/channel');
    const old = at(-200_000);
    clock.epoch = undefined;
    expect(code(() => ben.open(old))).toBe('nothing');
    expect(code(() => ben.open(cipher(key, 'x').seal({})))).toBe('nothing');
  });

  it('stamps the time only where it is known', () => {
    const clock = new VirtualClock();
    const ann = cipher(key, 'ann', clock);
    const ben = cipher(key, 'ben');
    expect(ben.open(ann.seal({ a: 1 })).payload).toEqual({ a: 1, _ts: clock.wall(), _ch: 'lab', _from: 'ann' });
    clock.epoch = undefined;
    expect(ben.open(ann.seal({ a: 1 })).payload).toEqual({ a: 1, _ch: 'lab', _from: 'ann' });
  });

  it('refuses a sealed text that is no JSON, or a strange stamp', () => {
    const salt = Buffer.alloc(16, 1);
    const boxKey = deriveKey(key, salt, 'grp v2');
    const envelope = (n: number, text: string) => ({
      ...{ e2ee: 2, s: salt.toString('base64'), n, ct: sealText(boxKey, n, text).toString('base64') },
    });
    expect(code(() => cipher(key).open(envelope(0, '{"v":NaN}')))).toBe('e2ee/payload');
    expect(code(() => cipher(key).open(envelope(1, '['.repeat(40) + ']'.repeat(40))))).toBe('e2ee/payload');
    expect(code(() => cipher(key).open(envelope(2, '{"_ts":"now"}')))).toBe('e2ee/stale');
    expect(code(() => cipher(key).open(envelope(3, '{"_ch":null}')))).toBe('e2ee/channel');
  });

  it.each([
    ['a short key', Buffer.alloc(31).toString('base64')],
    ['a long key', Buffer.alloc(33).toString('base64')],
    ['no padding', Buffer.alloc(32).toString('base64').replace('=', '')],
    ['the url alphabet', Buffer.alloc(32, 0xff).toString('base64').replaceAll('/', '_')],
    ['a newline', `${Buffer.alloc(32).toString('base64')}\n`],
    ['stray bits at the end', `${Buffer.alloc(32).toString('base64').slice(0, -2)}B=`],
    ['nothing', ''],
  ])('refuses %s', (_, text) => {
    expect(code(() => roomCipher(text, { channel: 'lab', name: 'x', clock: timeless() }))).toBe('e2ee/key');
  });
});

describe('the replay window', () => {
  it('passes exactly what a set and a high-water mark would', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(300)), (counters) => {
        const window = new ReplayWindow();
        const seen = new Set<number>();
        let highest = -1;
        for (const n of counters) {
          const fresh = !seen.has(n) && n > highest - 64;
          expect(window.isNew(n)).toBe(fresh);
          if (!fresh) continue;
          window.add(n);
          seen.add(n);
          highest = Math.max(highest, n);
        }
      }),
    );
  });
});

/** The same value without any key named `__proto__`. */
function stripProto(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_, inner) => {
    if (typeof inner === 'object' && inner !== null) Reflect.deleteProperty(inner, '__proto__');
    return inner;
  });
}
