import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Hold } from '../../src/frame/holds.js';
import type { PublishPolicies } from '../../src/frame/paced-points.js';
import { Garage } from '../support/garage.js';
import { fold } from '../support/simulated-sink.js';

const DEVICES = ['greenhouse', 'yard'];
const POINTS = ['a', 'b', 'c'];

const place = { device: fc.constantFrom(...DEVICES), point: fc.constantFrom(...POINTS) };
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('change' as const), ...place }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('command' as const, 'answer' as const), ...place }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('event' as const), count: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 400 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('refuse' as const), count: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('stall' as const, 'flow' as const, 'full' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('sleep' as const, 'read' as const, 'blink' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('lose' as const, 'rejoin' as const) }) },
);

/** Some points with policies, each in another way. */
const POLICIES: PublishPolicies = new Map([
  ['greenhouse.a', { deadband: 5, maxWait: 2_000, immediate: false }],
  ['greenhouse.b', { debounce: 150, maxWait: 700, immediate: true }],
  ['yard.a', { deadband: 3, debounce: 100, maxWait: 1_000, heartbeat: 1_500, immediate: false }],
]);

test.each([
  ['all at the usual pace', undefined],
  ['some with policies', POLICIES],
])(
  'whatever happens between devices and relay, a phone ends with the truth and saw nothing out of order: %s',
  async (_, policies) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80 }), async (steps) => {
        const garage = new Garage(policies ? { policies } : {});
        const { store, sink, clock, publisher } = garage;
        for (const device of DEVICES) {
          garage.device(device, POINTS);
          garage.say(device, Object.fromEntries(POINTS.map((point) => [point, 0])));
        }
        garage.device('door', ['bell'], 'string', 'event');
        publisher.start();
        let value = 0;
        let events = 0;
        let commands = 0;
        const inFlight: { device: string; point: string; id: string; hold: Hold }[] = [];
        const answer = ({ device, point, id, hold }: (typeof inFlight)[number]) => {
          garage.say(device, { [point]: ++value });
          publisher.ack({ cmd_id: id, to: `phone ${value % 3}`, ok: true, value }, hold.answered(value));
        };
        const rejoin = () => {
          sink.reconnect();
          publisher.up();
        };
        for (const it of steps) {
          switch (it.do) {
            case 'change':
              garage.say(it.device, { [it.point]: ++value });
              break;
            case 'command':
              inFlight.push({ ...it, id: `c${commands++}`, hold: publisher.hold(it.device, it.point) });
              break;
            case 'answer':
              for (const command of inFlight.splice(0, it.device === 'yard' ? 8 : 1)) answer(command);
              break;
            case 'event':
              for (let i = 0; i < it.count; i++) store.event('door', { point: 'bell', event: 'rang', count: events++ });
              break;
            case 'wait':
              await clock.advance(it.ms);
              break;
            case 'refuse':
              sink.refuse = it.count;
              break;
            case 'stall':
              sink.stalled = true;
              sink.fill(300 * 1024);
              break;
            case 'flow':
              sink.stalled = false;
              break;
            case 'full':
              publisher.full();
              break;
            case 'sleep':
              sink.answerMs = 5_000;
              break;
            case 'read':
              sink.answerMs = 1;
              break;
            case 'blink':
              sink.ready = !sink.ready;
              break;
            case 'lose':
              sink.ready = false;
              publisher.down();
              break;
            case 'rejoin':
              rejoin();
              break;
          }
        }
        rejoin();
        sink.stalled = false;
        sink.answerMs = 1;
        for (const command of inFlight.splice(0)) answer(command);
        await clock.advance(10_000);

        const states = sink.of('garage.state');
        expect(fold(states)).toEqual(truth(garage));
        expectMonotone(states);
        expect(sink.peakPerSecond()).toBeLessThanOrEqual(48);
        expect(sink.frames.map(({ payload }) => payload['_seq'])).toEqual(sink.frames.map((_, i) => i + 1));
        const counts = sink.of('garage.event').map((frame) => Number(frame['count']));
        expect(counts).toEqual([...new Set(counts)].sort((a, b) => a - b));
        expect(counts.length + publisher.stats.droppedEvents).toBe(events);
        const acked = sink.of('command_ack').length;
        expect(acked + publisher.stats.droppedAcks).toBe(commands);
        expectAcksFirst(garage);
        publisher.stop();
        expect(clock.timers).toBe(0);
      }),
      { numRuns: 120 },
    );
  },
);

function truth({ store }: Garage): Map<string, unknown> {
  return new Map(
    DEVICES.flatMap((device) =>
      [...store.points(device)].map(([id, { value }]) => [`${device}.${id}`, value] as const),
    ),
  );
}

/** Each change has a higher value than all before, so an older value would be a smaller one. */
function expectMonotone(states: readonly { [key: string]: unknown }[]): void {
  const seen = new Map<string, number>();
  for (const state of states) {
    for (const [key, value] of fold([state])) {
      expect(Number(value)).toBeGreaterThanOrEqual(seen.get(key) ?? 0);
      seen.set(key, Number(value));
    }
  }
}

/** A value that a command brought about is said only after its ack, where that ack was sent at all. */
function expectAcksFirst({ sink }: Garage): void {
  const acked = new Map(sink.frames.map(({ payload }, i) => [payload['value'], i]));
  for (const [i, { payload }] of sink.frames.entries()) {
    if (payload['msg_type'] !== 'garage.state') continue;
    for (const value of fold([payload]).values()) {
      expect(acked.get(value) ?? -1).toBeLessThan(i);
    }
  }
}
