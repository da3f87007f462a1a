import { altering, type Broken, deathless, dialling, forEver, losing, reports, sessions } from './parts.js';

const FOREVER = 1e9;

/** Broken drivers, ports and connections. */
export const BROKEN_LINES: readonly Broken[] = [
  [
    'a driver that invents values',
    /but it never said that/,
    reports((report, readings) =>
      report(readings.map(({ point, value }) => ({ point, value: typeof value === 'number' ? value + 1 : value }))),
    ),
  ],
  [
    'a driver that lets older values overtake newer ones',
    /said that before what was published already/,
    reports((report, readings, io) => {
      // Readings of one second are late, those of the next are not.
      io.clock.after(io.clock.now() % 2_000 < 1_000 ? 700 : 0, () => report(readings));
    }),
  ],
  [
    'a port that does not notice that it was unplugged',
    /is published as .* though .* was pulled/,
    (parts) => ({
      ...parts,
      ports: { ...parts.ports, open: async (...how) => deathless(await parts.ports.open(...how)) },
    }),
  ],
  [
    'a driver that carries everything out twice',
    /was carried out 2 times/,
    sessions((session) => ({
      apply: async (command, signal) => {
        await session.apply(command, signal);
        return await session.apply(command, signal);
      },
    })),
  ],
  [
    'a driver that confirms what it did not do',
    /is confirmed as .*, which the device did not say/,
    sessions(() => ({ apply: async ({ value }) => ({ value, settled: true }) })),
  ],
  [
    'a driver that moves outputs by itself',
    /is written though nobody asked for it/,
    sessions((session, io) => {
      io.every(
        2_000,
        async () => void (await session.apply({ point: 'pump', value: true }, forEver()).catch(() => {})),
      );
      return {};
    }),
  ],
  [
    'a driver that remembers commands for too long',
    /is written (though nobody asked for it in time|after it was refused)/,
    sessions((session, io) => ({
      apply: async (command) => {
        await new Promise<void>((resolve) => io.clock.after(2_500, resolve));
        return await session.apply(command, forEver());
      },
    })),
  ],
  [
    'a relay connection that loses answers',
    /is never answered/,
    dialling((dial) => losing(dial, 'out', 'command_ack')),
  ],
  [
    'a bridge that is deaf to the emergency stop',
    /was not told to stop|is written in an emergency stop/,
    dialling((dial) => losing(dial, 'in', 'rig.estop')),
    'emergency stop',
  ],
  [
    'a part that leaves a timer behind',
    /timers are left/,
    (parts) => {
      parts.clock.after(FOREVER, () => {});
      return parts;
    },
  ],
  [
    'a bridge that tells of a device that is not there',
    /tells of ghost, which is no device/,
    dialling((dial) =>
      altering(dial, 'out', (said) => (said['msg_type'] === 'rig.health' ? { ...said, ghost: 'online' } : said)),
    ),
  ],
  [
    'a bridge that can not come back',
    /it never recovered/,
    dialling((dial) => {
      let dialled = 0;
      return (...how) => {
        if (dialled++ > 0) throw new Error('no more');
        return dial(...how);
      };
    }),
  ],
];
