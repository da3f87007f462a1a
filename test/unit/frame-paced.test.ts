import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PublishPolicy } from '../../src/device/reading-options.js';
import { Coalescer } from '../../src/frame/coalescer.js';
import { Holds } from '../../src/frame/holds.js';
import { Garage } from '../support/garage.js';
import { fold } from '../support/simulated-sink.js';
import { VirtualClock } from '../support/virtual-clock.js';

const WINDOW_MS = 200;

type Policy = Partial<PublishPolicy>;

/** A coalescer over `d.a`, which has a policy, and `d.b`, which has none; frames are taken as soon as they are due. */
class Channel {
  readonly clock = new VirtualClock();
  readonly values = new Map<string, number | null>([
    ['a', 0],
    ['b', 0],
  ]);
  readonly frames: { at: number; said: Record<string, unknown>; full: boolean }[] = [];
  /** What a phone shows. */
  readonly shown = new Map<string, unknown>();
  readonly holds = new Holds({
    read: (_, point) => this.values.get(point),
    ended: (device, point, atOnce) => this.coalescer.repeat(device, point, atOnce),
  });
  readonly coalescer: Coalescer;

  constructor(policy: Policy) {
    this.coalescer = new Coalescer({
      clock: this.clock,
      maxHz: 1_000 / WINDOW_MS,
      holds: this.holds,
      devices: () => ['d'],
      points: () => this.values.keys(),
      read: (_, point) => this.values.get(point),
      absent: null,
      policies: new Map([['d.a', { maxWait: 5_000, immediate: false, ...policy }]]),
    });
  }

  change(point: string, value: number | null): void {
    this.values.set(point, value);
    this.coalescer.mark('d', [point]);
    this.pull();
  }

  full(): void {
    this.coalescer.full();
    this.pull();
  }

  pull(): void {
    if (this.coalescer.dueIn() > 0) return;
    const { keys, full } = this.coalescer.take();
    const said = Object.fromEntries(keys.map((key) => [key.point, this.coalescer.read(key)]));
    for (const [point, value] of Object.entries(said)) this.shown.set(point, value);
    this.frames.push({ at: this.clock.now(), said, full });
  }

  async wait(ms: number): Promise<void> {
    const end = this.clock.now() + ms;
    for (;;) {
      const next = this.coalescer.dueIn();
      if (this.clock.now() + next > end) break;
      await this.clock.advance(next);
      this.pull();
    }
    await this.clock.advance(end - this.clock.now());
  }

  /** Moments at which `a` was said. */
  get saidAt(): number[] {
    return this.frames.filter(({ said }) => 'a' in said).map(({ at }) => at);
  }
}

/** A channel on which everything was said a second ago. */
async function settled(policy: Policy): Promise<Channel> {
  const channel = new Channel(policy);
  channel.full();
  await channel.wait(1_000);
  channel.frames.length = 0;
  return channel;
}

describe('a point with a policy', () => {
  it('waits until the end of maxWait with what is within its deadband', async () => {
    const channel = await settled({ deadband: 0.5, maxWait: 2_000 });
    channel.change('a', 0.2);
    await channel.wait(500);
    channel.change('a', 0.3);
    await channel.wait(1_499);
    expect(channel.frames).toEqual([]);
    await channel.wait(1);
    expect(channel.frames).toEqual([{ at: 3_000, said: { a: 0.3 }, full: false }]);
    channel.change('a', 0.8);
    await channel.wait(WINDOW_MS);
    expect(channel.saidAt).toEqual([3_000, 3_200]);
  });

  it('waits until it is quiet, but not longer than maxWait', async () => {
    const channel = await settled({ debounce: 300, maxWait: 1_000 });
    for (let value = 1; value <= 15; value++) {
      channel.change('a', value);
      await channel.wait(100);
    }
    await channel.wait(5_000);
    expect(channel.saidAt).toEqual([2_000, 2_700]);
    expect(channel.shown.get('a')).toBe(15);
  });

  it('is said again when it was not for the time of its heartbeat, unless nobody knows it', async () => {
    const channel = await settled({ heartbeat: 10_000 });
    await channel.wait(31_000);
    expect(channel.saidAt).toEqual([10_000, 20_000, 30_000]);
    channel.change('a', null);
    await channel.wait(60_000);
    expect(channel.saidAt).toHaveLength(4);
  });

  it('leaves beside the pace of the others where it is immediate', async () => {
    const channel = await settled({ immediate: true });
    channel.change('b', 1);
    await channel.wait(60);
    channel.change('b', 2);
    channel.change('a', 1);
    await channel.wait(10);
    channel.change('a', 2);
    await channel.wait(1_000);
    expect(channel.frames.map(({ at, said }) => [at, said])).toEqual([
      [1_000, { b: 1 }],
      [1_060, { b: 2, a: 1 }],
      [1_110, { a: 2 }],
    ]);
  });

  it('says at once that it is unknown, and what it is then', async () => {
    const channel = await settled({ deadband: 10, debounce: 1_000 });
    channel.change('a', null);
    await channel.wait(WINDOW_MS);
    channel.change('a', 1);
    await channel.wait(WINDOW_MS);
    expect(channel.frames.map(({ at, said }) => [at, said])).toEqual([
      [1_000, { a: null }],
      [1_200, { a: 1 }],
    ]);
  });

  it('is said at once after a command, and does not wait at the end', async () => {
    const channel = await settled({ debounce: 1_000 });
    const command = channel.holds.begin('d', 'a');
    channel.change('a', 1);
    await channel.wait(100);
    command.answered(1)();
    channel.pull();
    expect(channel.frames).toEqual([{ at: 1_100, said: { a: 1 }, full: false }]);
    channel.change('a', 2);
    channel.coalescer.hurry();
    expect(channel.coalescer.dueIn()).toBe(0);
    channel.pull();
    expect(channel.shown.get('a')).toBe(2);
    expect(channel.coalescer.dueIn()).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the edges of a policy', () => {
  it('a step as large as the deadband is none that is within it, in binary either', async () => {
    const channel = await settled({ deadband: 0.1 });
    channel.change('a', 21.3);
    await channel.wait(1_000);
    channel.change('a', 21.4);
    await channel.wait(WINDOW_MS);
    expect(channel.shown.get('a')).toBe(21.4);
  });

  it('nothing is repeated or kept back in the last frames', async () => {
    const channel = await settled({ debounce: 1_000, heartbeat: 10_000 });
    channel.coalescer.hurry();
    expect(channel.coalescer.dueIn()).toBe(Number.POSITIVE_INFINITY);
    channel.change('a', 1);
    await channel.wait(WINDOW_MS);
    expect(channel.shown.get('a')).toBe(1);
  });

  it('a lost connection takes along what waits and what phones knew', async () => {
    const channel = await settled({ deadband: 5, heartbeat: 10_000 });
    channel.change('a', 1);
    channel.coalescer.clear();
    expect(channel.coalescer.dueIn()).toBe(Number.POSITIVE_INFINITY);
    channel.change('a', 2);
    await channel.wait(WINDOW_MS);
    expect(channel.shown.get('a')).toBe(2);
  });

  it('what waited when a command came is not said before its answer where the list of points changes meanwhile', async () => {
    const channel = await settled({ debounce: 1_000 });
    channel.change('a', 1);
    const command = channel.holds.begin('d', 'a');
    channel.change('a', 2);
    channel.coalescer.relist('d');
    await channel.wait(3_000);
    expect(channel.saidAt).toEqual([]);
    command.release(2);
    await channel.wait(WINDOW_MS);
    expect(channel.shown.get('a')).toBe(2);
  });
});

const policies: fc.Arbitrary<Policy> = fc.record(
  {
    deadband: fc.integer({ min: 1, max: 30 }),
    debounce: fc.integer({ min: 10, max: 500 }),
    maxWait: fc.integer({ min: 500, max: 3_000 }),
    heartbeat: fc.integer({ min: 1_000, max: 5_000 }),
    immediate: fc.boolean(),
  },
  { requiredKeys: [] },
);

const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('change' as const),
        point: fc.constantFrom('a', 'a', 'b'),
        by: fc.integer({ min: 1, max: 40 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ do: 'unknown' as const }) },
    { weight: 1, arbitrary: fc.constant({ do: 'full' as const }) },
    { weight: 6, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 600 }) }) },
  ),
  { maxLength: 50 },
);

it('whatever its policy: no phone is wrong for longer than maxWait and a frame, none sees an older value after a newer, and frames keep their pace', async () => {
  await fc.assert(
    fc.asyncProperty(policies, steps, async (policy, script) => {
      const channel = await settled(policy);
      const { clock, values, frames } = channel;
      const maxWait = policy.maxWait ?? 5_000;
      /** The first change of `a` that a phone does not know. */
      let since: number | undefined;
      let top = 0;
      const look = () => {
        if (channel.shown.get('a') === values.get('a')) since = undefined;
        if (since !== undefined) expect(clock.now() - since).toBeLessThanOrEqual(maxWait + WINDOW_MS);
      };
      for (const step of script) {
        if (step.do === 'change') {
          top += step.by;
          if (step.point === 'a') since ??= clock.now();
          channel.change(step.point, top);
        } else if (step.do === 'unknown') {
          since ??= clock.now();
          channel.change('a', null);
        } else if (step.do === 'full') channel.full();
        else {
          for (let left = step.ms; left > 0; left -= 50) {
            await channel.wait(Math.min(50, left));
            look();
          }
        }
        look();
      }
      await channel.wait(maxWait + WINDOW_MS);
      expect(Object.fromEntries(channel.shown)).toEqual(Object.fromEntries(values));

      const newest = new Map<string, number>();
      for (const { said } of frames) {
        for (const [point, value] of Object.entries(said)) {
          if (value === null) continue;
          expect(Number(value)).toBeGreaterThanOrEqual(newest.get(point) ?? 0);
          newest.set(point, Number(value));
        }
      }
      const least = policy.immediate ? 50 : WINDOW_MS;
      for (const [i, { at, full }] of frames.slice(1).entries()) {
        if (!full) expect(at - (frames[i]?.at ?? 0)).toBeGreaterThanOrEqual(least - 1e-6);
      }
    }),
    { numRuns: 150 },
  );
});

it('what is within the deadband, or not quiet yet, is not said before its time', async () => {
  const small = fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: 1, max: 99 })), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(small, fc.constantFrom<Policy>({ deadband: 10 }, { debounce: 100 }), async (changes, policy) => {
      const channel = await settled({ ...policy, maxWait: 1_000 });
      const starts: number[] = [];
      let open = true;
      for (const [value, ms] of changes) {
        if (open) starts.push(channel.clock.now());
        open = false;
        const before = channel.saidAt.length;
        channel.change('a', value);
        await channel.wait(ms);
        // Around 0, all are within the deadband of what was said there; what was said elsewhere is taken as the new middle.
        if (channel.saidAt.length > before) {
          open = true;
          if (Math.abs(Number(channel.shown.get('a'))) > 0) break;
        }
      }
      for (const [i, at] of channel.saidAt.entries()) expect(at - (starts[i] ?? Number.NaN)).toBe(1_000);
    }),
    { numRuns: 60 },
  );
});

it('goes with every state frame of the bridge', async () => {
  const garage = await new Garage({
    policies: new Map([['shed.temp', { deadband: 0.5, debounce: 300, maxWait: 2_000, immediate: false }]]),
  }).settled();
  const { clock, sink } = garage;
  garage.device('shed', ['temp', 'hum']);
  garage.say('shed', { temp: 20, hum: 40 });
  await clock.advance(1_000);
  sink.frames.length = 0;
  garage.say('shed', { temp: 20.2, hum: 41 });
  await clock.advance(1_900);
  expect(fold(sink.of('garage.state'))).toEqual(new Map([['shed.hum', 41]]));
  await clock.advance(200);
  expect(fold(sink.of('garage.state')).get('shed.temp')).toBe(20.2);
  garage.publisher.stop();
  expect(clock.timers).toBe(0);
});
