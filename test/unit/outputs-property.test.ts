import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PointSpec } from '../../src/device/point.js';
import { openDesk, stickAt } from '../support/command-desk.js';
import { OutputWitness } from '../support/output-witness.js';
import type { Manner } from '../support/scripted-device.js';
import { watched } from '../support/watched-desk.js';

const MAX_ON = 3_000;
const MIN_OFF = 1_500;
const DEAD = 700;
const PACE = 300;
/** Units per second, and one step of it. */
const SLEW = 20;
const STRIDE = 5;
/** A late device takes this long for each command. */
const LATE = 300;

const RULES = {
  pump: { maxOn: MAX_ON, minOff: MIN_OFF },
  valve: { maxOn: MAX_ON },
  fan: { slew: SLEW },
  dim: { minInterval: PACE },
  mode: {},
} as const;

const wish = fc.oneof(
  fc.record({ point: fc.constantFrom('pump', 'valve'), value: fc.boolean() }),
  fc.record({ point: fc.constant('fan'), value: fc.constantFrom(0, 5, 40, 100) }),
  fc.record({ point: fc.constant('dim'), value: fc.integer({ min: 0, max: 10 }) }),
);
const step = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('tap' as const), wish, from: fc.constantFrom('anna', 'bob') }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 900 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 3_000, max: 6_000 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('late' as const, 'obey' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('lose' as const, 'stop' as const, 'reset' as const) }) },
);

interface Change {
  readonly at: number;
  readonly value: unknown;
}

test('whatever two phones want, and whatever the device does: no output leaves what its owner allows', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 80 }), async (steps) => {
      const interlocks = [{ outputs: ['shed.pump', 'shed.valve'], deadTime: DEAD }];
      const desk = await openDesk({ rules: RULES, interlocks, inFlight: 'point' });
      const { clock, board, router } = desk;
      const track = new Map<string, Change[]>([...board.outputs].map(([point, value]) => [point, [{ at: 0, value }]]));
      const set = board.outputs.set.bind(board.outputs);
      const wrong: string[] = [];
      board.outputs.set = (point, value) => {
        const changes = track.get(point) ?? [];
        if (changes.at(-1)?.value !== value) changes.push({ at: clock.now(), value });
        track.set(point, changes);
        if (value === true) {
          const other = point === 'pump' ? 'valve' : 'pump';
          // A throw would only be a refusal of the device.
          if (board.outputs.get(other) !== false) wrong.push(`${other} is on while ${point} goes on`);
          const since = track.get(other)?.findLast((change) => change.value === false)?.at ?? Number.NEGATIVE_INFINITY;
          if (clock.now() - since < DEAD) wrong.push(`${point} goes on ${clock.now() - since} ms after ${other}`);
        }
        return set(point, value);
      };
      const last = new Map<string, { cmd: string; value: unknown }>();
      for (const action of steps) {
        if (action.do === 'tap') {
          const { point, value } = action.wish;
          last.set(point, { cmd: desk.tap(point, value, { _from: action.from }), value });
        } else if (action.do === 'wait') await clock.advance(action.ms);
        else if (action.do === 'late' || action.do === 'obey') board.manner = action.do === 'late' ? 'late' : 'obeys';
        else if (action.do === 'stop') void router.emergencyStop('anna');
        else if (action.do === 'reset') router.releaseStop('anna');
        else {
          // A board without its host goes where its leases take it.
          board.io?.lost('pulled');
          for (const [point, safe] of [
            ['pump', false],
            ['valve', false],
            ['fan', 0],
            ['dim', 0],
          ] as const) {
            board.outputs.set(point, safe);
          }
        }
        await clock.advance(0);
      }
      board.manner = 'obeys';
      await clock.advance(1_600);
      // The last wish that was not refused is what the output has become, or was until its time was over.
      const dim = last.get('dim');
      if (
        dim &&
        desk.ackOf(dim.cmd)?.['ok'] === true &&
        !steps.some(({ do: done }) => done === 'lose' || done === 'stop')
      ) {
        expect(board.outputs.get('dim')).toBe(dim.value);
      }
      await clock.advance(2 * MAX_ON + 10_000);
      expect(board.outputs.get('pump')).toBe(false);
      for (const point of ['pump', 'valve']) {
        const changes = track.get(point) ?? [];
        for (const [i, { at, value }] of changes.entries()) {
          const next = changes[i + 1]?.at ?? clock.now();
          // Switching off takes a late device its time, and so may the command before it.
          if (value === true) expect(next - at, `${point} on`).toBeLessThanOrEqual(MAX_ON + 2 * LATE);
          if (value === false && point === 'pump' && changes[i + 1]) expect(next - at).toBeGreaterThanOrEqual(MIN_OFF);
        }
      }
      const fan = track.get('fan') ?? [];
      for (const [i, { at, value }] of fan.entries()) {
        const before = fan[i - 1] ?? { at: Number.NEGATIVE_INFINITY, value: 0 };
        const way = Math.abs(Number(value) - Number(before.value));
        if (value !== 0)
          expect(way).toBeLessThanOrEqual(Math.max(0, at - before.at + LATE) * (SLEW / 1_000) + 2 * STRIDE);
      }
      const told = board.told.filter(({ point }) => point === 'dim');
      expect(told.length).toBeLessThanOrEqual(clock.now() / PACE);
      expect(wrong).toEqual([]);
      await desk.close();
      expect(clock.timers).toBe(0);
    }),
    { numRuns: 300 },
  );
}, 60_000);

const TROUBLED: PointSpec[] = [
  ...['pump', 'valve', 'gate', 'winch', 'lamp', 'hoist'].map((id) => {
    return { id, role: 'actuator', type: 'boolean', safe: false } as const;
  }),
  ...['motor', 'crane'].map((id) => {
    return { id, role: 'actuator', type: 'number', min: -100, max: 100, step: 5, safe: 0 } as const;
  }),
];
const restored = { onBoot: 'restore', onDeviceLost: 'restore', onRelayLost: 'restore' } as const;
const LEASE = 2_000;
const PULSE = 700;
const STICK = 300;
const trouble = {
  pump: { lease: LEASE, onDeviceLost: 'hold' },
  valve: { maxOn: MAX_ON, minOff: 500, onDeviceLost: 'restore', onRelayLost: 'restore' },
  gate: { pulse: PULSE, onDeviceLost: 'hold' },
  winch: { holdToRun: true, onDeviceLost: 'hold', onRelayLost: 'hold' },
  lamp: restored,
  hoist: { lease: LEASE - 100, onDeviceLost: 'restore', onRelayLost: 'restore' },
  motor: { slew: 50, onDeviceLost: 'hold' },
  crane: { minInterval: 250, onBoot: 'restore', onDeviceLost: 'restore', onRelayLost: 'restore' },
} as const;
const allowed = {
  pump: { safe: false, afterWord: LEASE },
  valve: { safe: false, afterOn: MAX_ON, byItself: true },
  gate: { safe: false, afterOn: PULSE },
  winch: { safe: false, afterWord: 750 },
  lamp: { safe: false, byItself: true },
  hoist: { safe: false, afterWord: LEASE },
  motor: { safe: 0, byItself: true },
  crane: { safe: 0, afterWord: STICK },
};
const GROUP = ['pump', 'valve', 'motor'];

const person = fc.constantFrom('anna', 'bob');
const waiting = (min: number, max: number) =>
  fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min, max }) });
const tapping = (on: fc.Arbitrary<boolean>) =>
  fc.record({
    do: fc.constant('tap' as const),
    from: person,
    which: fc.nat(),
    on,
    speed: fc.constantFrom(-100, -20, 30, 100),
  });
const steering = fc.record({ do: fc.constant('steer' as const), from: person, speed: fc.constantFrom(-50, 0, 20, 50) });
const behaving = (...manners: Manner[]) =>
  fc.record({ do: fc.constant('manner' as const), manner: fc.constantFrom(...manners) });
const event = (...names: ('blink' | 'go' | 'come' | 'down' | 'up' | 'stop' | 'reset' | 'reboot')[]) =>
  fc.record({ do: fc.constantFrom(...names) });
const happening = fc.oneof(
  { weight: 14, arbitrary: tapping(fc.boolean()) },
  { weight: 4, arbitrary: steering },
  { weight: 10, arbitrary: waiting(1, 900) },
  { weight: 3, arbitrary: waiting(2_000, 12_000) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hold' as const), held: fc.boolean(), from: person }) },
  { weight: 4, arbitrary: behaving('obeys', 'obeys', 'late', 'silent', 'refuses', 'lies') },
  { weight: 4, arbitrary: event('blink', 'go', 'come', 'down', 'up', 'stop', 'reset', 'reboot') },
);
const on = tapping(fc.constant(true));
const off = tapping(fc.constant(false));
const soon = waiting(1, 400);
const late = waiting(300, 3_000);
/** What rarely comes about by itself: troubles that overlap. */
const misfortune = fc.oneof(
  fc.tuple(steering, waiting(50, 250), steering, waiting(50, 250), behaving('refuses', 'silent'), steering, late),
  fc.tuple(steering, waiting(50, 250), steering, soon, event('blink'), waiting(500, 6_000), behaving('obeys'), late),
  fc.tuple(on, soon, event('go'), soon, event('stop'), late, event('reset'), soon, event('come'), late),
  fc.tuple(on, soon, behaving('silent', 'refuses', 'lies'), off, late, behaving('obeys', 'late'), late),
  fc.tuple(on, soon, event('down'), waiting(10_100, 12_000), on, soon, event('up'), late, off, late),
  fc.tuple(
    on,
    soon,
    behaving('silent', 'refuses'),
    off,
    late,
    event('blink'),
    behaving('obeys'),
    waiting(1_000, 6_000),
  ),
);
const course = fc
  .array(fc.oneof({ weight: 12, arbitrary: happening.map((one) => [one]) }, { weight: 1, arbitrary: misfortune }), {
    minLength: 5,
    maxLength: 40,
  })
  .map((parts) => parts.flat());

test('whatever goes wrong: nothing stays on, goes on or moves that nobody wants so any more', async () => {
  await fc.assert(
    fc.asyncProperty(
      course,
      // Of few outputs more happens to each.
      fc.subarray(Object.keys(allowed), { minLength: 1, maxLength: 3 }),
      fc.constantFrom('device' as const, 'point' as const),
      async (happenings, used, inFlight) => {
        const interlocks = [{ outputs: GROUP.map((point) => `shed.${point}`), deadTime: DEAD }];
        const desk = await watched(trouble, undefined, { points: TROUBLED, interlocks, inFlight });
        const { clock, board, router, relay } = desk;
        const witness = new OutputWitness(desk, allowed, GROUP, DEAD);
        let downAt: number | undefined;
        const pass = async (ms: number) => {
          for (let left = ms; left > 0; left -= 100) {
            await clock.advance(Math.min(100, left));
            witness.relayLostAt = downAt !== undefined && clock.now() - downAt >= 10_000 ? downAt + 10_000 : undefined;
            witness.look();
          }
        };
        const away = new Error('away');
        for (const happens of happenings) {
          switch (happens.do) {
            case 'tap': {
              const { on, speed } = happens;
              const point = used[happens.which % used.length] ?? '';
              // Only sticks move it.
              if (point === 'crane') break;
              witness.asked(point, on);
              desk.tap(point, point !== 'motor' ? on : on ? speed : 0, { _from: happens.from });
              break;
            }
            case 'steer': {
              const { speed: value, from } = happens;
              if (!used.includes('crane')) break;
              witness.asked('crane', value !== 0);
              void router.execute(stickAt('crane', value, from, STICK));
              break;
            }
            case 'wait':
              await pass(happens.ms);
              break;
            case 'hold':
              if (happens.held && board.outputs.get('winch') === true) witness.asked('winch', true);
              router.handle(
                { msg_type: 'home.hold', dev: 'shed', point: 'winch', held: happens.held, _from: happens.from },
                false,
              );
              break;
            case 'manner':
              board.manner = happens.manner;
              break;
            case 'go':
              board.unreachable = away;
              board.io?.lost('pulled');
              break;
            case 'come':
              board.unreachable = undefined;
              break;
            case 'reboot':
              // A board without its host goes where its leases take it; mere pins stay as they are.
              for (const { id, safe = false } of TROUBLED) board.outputs.set(id, safe);
              board.io?.lost('pulled');
              break;
            case 'blink':
              board.io?.lost('pulled');
              break;
            case 'down':
              downAt ??= clock.now();
              relay.down();
              break;
            case 'up':
              downAt = undefined;
              witness.relayLostAt = undefined;
              relay.up();
              break;
            case 'stop':
              void router.emergencyStop('anna');
              witness.stop();
              break;
            case 'reset':
              router.releaseStop('anna');
              witness.reset();
              break;
          }
          await clock.advance(0);
          witness.look();
        }
        board.manner = 'obeys';
        board.unreachable = undefined;
        await pass(30_000);
        expect(desk.device.state).toBe('live');
        await desk.close();
      },
    ),
    { numRuns: 300 },
  );
}, 120_000);
