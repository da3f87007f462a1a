import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../../../src/config/schema.js';
import type { Command, DeviceIo } from '../../../src/device/driver.js';
import type { Pins } from '../../../src/port/pin.js';
import { RelaySeat } from '../../../src/relay-seat.js';
import type { Sabotage } from '../host.js';
import { type Broken, dialling, drivers, forEver, losing, reports, sessions } from './parts.js';

/** The pins are opened in another way. */
function pins(change: (pins: Pins) => Partial<Pins>): Sabotage {
  return (parts) => ({
    ...parts,
    pins: (device) => {
      const before = parts.pins(device);
      const { openInput, openOutput, openPwm } = before;
      const bound = {
        openInput: openInput.bind(before),
        openOutput: openOutput.bind(before),
        openPwm: openPwm.bind(before),
      };
      return { ...bound, ...change(bound) };
    },
  });
}

/** What is remembered over restarts is another thing. */
function persisting(persist: Partial<Config['persist']>): Sabotage {
  return (parts) => ({ ...parts, config: { ...parts.config, persist: { ...parts.config.persist, ...persist } } });
}

/** Commands that somebody had a device carry out, over all starts of the bridge. */
const lastWishes = new Map<string, Command>();

/** Broken beginnings and ends, and what is broken about the machine and its files. */
export const BROKEN_HOSTS: readonly Broken[] = [
  [
    'a bridge that counts from nothing after each start',
    /counts on from 0, and the one before, which was stopped/,
    persisting({ counters: false }),
    'bridge stopped and started',
  ],
  [
    'a bridge that seldom writes down what it has counted',
    /counts on from \d+, and the one before, which was killed/,
    persisting({ interval: 60_000 }),
    'bridge killed',
  ],
  [
    'a bridge that believes whatever waited for it',
    /the wish had waited for too long/,
    (parts) => ({
      ...parts,
      seat: (...how) => Object.defineProperty(new RelaySeat(...how), 'late', { value: false }),
    }),
    'bridge held up',
  ],
  [
    'a bridge that needs long to begin',
    /is not live 1000 ms after the bridge began/,
    drivers(async (connect, io) => {
      await new Promise<void>((resolve) => io.clock.after(1_200, resolve));
      return await connect(io);
    }),
  ],
  [
    'a bridge that joins its relay late',
    /the relay is not joined 1000 ms after the bridge began/,
    dialling((dial) => {
      let dialled = 0;
      return (...how) => {
        if (dialled++ < 5) throw new Error('not yet');
        return dial(...how);
      };
    }),
  ],
  [
    'a bridge that leaves on what it finds on',
    /is on 2000 ms after the bridge began, and nobody wished for that/,
    (parts) => {
      const began = parts.clock.now();
      return reports((report, readings, { clock }) => {
        const blind = began > 0 && clock.now() - began < 1_900;
        const safe = (value: unknown) => (value === true ? false : value);
        report(blind ? readings.map((reading) => ({ ...reading, value: safe(reading.value) as boolean })) : readings);
      })(parts);
    },
    'bridge killed',
  ],
  [
    'a bridge that carries on with what the one before was told',
    /is written though nobody asked for it|was carried out 2 times/,
    sessions((session) => {
      const key = JSON.stringify(session.identity);
      const last = lastWishes.get(key);
      if (last) void session.apply(last, forEver()).catch(() => {});
      return {
        apply: (command, signal) => {
          if (key !== '{}') lastWishes.set(key, command);
          return session.apply(command, signal);
        },
      };
    }),
    'bridge killed',
  ],
  [
    'a bridge that forgets what is to come back',
    /did not come back to what was wished/,
    (parts) => {
      rmSync(join(parts.config.bridge.stateDir, 'outputs.json'), { force: true });
      return parts;
    },
    'bridge killed',
  ],
  [
    'a bridge that stops without making safe',
    /is not safe after the stop/,
    sessions(() => ({ safeAll: async () => {} })),
  ],
  [
    'a bridge that stops slowly',
    /the stop took longer than 2 s/,
    (parts) => {
      const { clock } = parts;
      // What ends a stop that hangs comes late.
      const after: typeof clock.after = (ms, fn) => clock.after(ms === 1_800 ? 4_000 : ms, fn);
      const open: typeof parts.ports.open = async (...how) => {
        const { path, ended, write } = await parts.ports.open(...how);
        return { path, ended, write, close: () => new Promise<void>(() => {}) };
      };
      const slow = { now: () => clock.now(), wall: () => clock.wall(), after };
      return { ...parts, clock: slow, ports: { ...parts.ports, open } };
    },
    'bridge stopped and started',
  ],
  [
    'a bridge that stops without a word',
    /nobody was told that the bridge stops/,
    dialling((dial) => losing(dial, 'out', 'rig.health')),
  ],
  [
    'a port that is not closed',
    /are left open after the stop/,
    (parts) => ({
      ...parts,
      ports: {
        ...parts.ports,
        open: async (...how) => {
          const { path, ended, write } = await parts.ports.open(...how);
          return { path, ended, write, close: async () => {} };
        },
      },
    }),
  ],
  [
    'a clock on which a button is held for too long',
    /is on 1000 ms after anybody held its button/,
    (parts) => {
      const { clock } = parts;
      const after: typeof clock.after = (ms, fn) => clock.after(ms === 750 ? 3_000 : ms, fn);
      return { ...parts, clock: { now: () => clock.now(), wall: () => clock.wall(), after } };
    },
  ],
  [
    'a pin that is taken without a word',
    /nobody was told that a pin is in use/,
    pins((before) => ({
      openOutput: async (...how) => {
        try {
          return await before.openOutput(...how);
        } catch {
          throw new Error('no');
        }
      },
    })),
    'pin in use',
  ],
  [
    'a start that lets go of a stop that may be latched',
    /a stop that may be latched was let go of/,
    (parts) => {
      if (parts.clock.now() > 0) {
        writeFileSync(join(parts.config.bridge.stateDir, 'estop.json'), '{"version":1,"latched":false}');
      }
      return parts;
    },
    'bridge killed, a state file mutated',
  ],
  [
    'a config of which the good parts are taken',
    /a config with a mistake was taken/,
    (parts) => {
      const lenient = [...parts.drivers].map(([id, kind]) => {
        const options = z.any().transform(({ baudd, ...rest }) => kind.options.parse(rest));
        return [id, { ...kind, options }] as const;
      });
      return { ...parts, drivers: new Map(lenient) };
    },
    'config with a mistake',
  ],
  [
    'a counter that misses what the kernel only numbers',
    /pins.count is published as .*, but it never said that/,
    pins((before) => ({
      openInput: (options, { edges, failed }, signal) =>
        before.openInput(
          options,
          { edges: (some) => edges(some.map((edge) => ({ ...edge, lost: 0 }))), failed },
          signal,
        ),
    })),
    'edges too fast',
  ],
  [
    'a driver that never looks at its pins',
    /pins.door is .* and the bridge does not know/,
    drivers((connect, io) => {
      const every: DeviceIo['every'] = (ms, work) => {
        if (ms !== 1_000) io.every(ms, work);
      };
      const get = (target: DeviceIo, key: keyof DeviceIo) => {
        const value = key === 'every' ? every : target[key];
        return typeof value === 'function' ? value.bind(target) : value;
      };
      return connect(new Proxy(io, { get: (target, key) => get(target, key as keyof DeviceIo) }));
    }),
    'edges not told',
  ],
];
