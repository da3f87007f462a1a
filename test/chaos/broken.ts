import type { BridgeParts } from '../../src/bridge.js';
import type { DeviceIo, DeviceSession } from '../../src/device/driver.js';
import type { DriverKind } from '../../src/device/driver-kind.js';
import type { Reading } from '../../src/device/point.js';
import type { Dial, Wire } from '../../src/mesh/client-socket.js';
import type { JsonObject, MeshFrame } from '../../src/mesh/frame.js';
import type { LineLink } from '../../src/port/line-link.js';
import type { Sabotage } from './host.js';

/** Sessions of all drivers are changed. */
function sessions(change: (session: DeviceSession, io: DeviceIo) => Partial<DeviceSession>): Sabotage {
  return drivers(async (connect, io) => {
    const session = await connect(io);
    const { identity } = session;
    const { safeAll, check } = session;
    return {
      identity,
      apply: (command, signal) => session.apply(command, signal),
      ...(safeAll && { safeAll: safeAll.bind(session) }),
      ...(check && { check: check.bind(session) }),
      ...change(session, io),
    };
  });
}

/** What all drivers report is changed. */
function reports(change: (report: DeviceIo['report'], readings: readonly Reading[], io: DeviceIo) => void): Sabotage {
  return drivers((connect, io) => {
    const report = io.report.bind(io);
    const get = (target: DeviceIo, key: keyof DeviceIo) => {
      if (key === 'report') return (readings: readonly Reading[]) => change(report, readings, io);
      const value = target[key];
      return typeof value === 'function' ? value.bind(target) : value;
    };
    return connect(new Proxy(io, { get: (target, key) => get(target, key as keyof DeviceIo) }));
  });
}

function drivers(
  connect: (connect: (io: DeviceIo) => Promise<DeviceSession>, io: DeviceIo) => Promise<DeviceSession>,
): Sabotage {
  const broken = (kind: DriverKind): DriverKind => ({
    ...kind,
    create: (options) => {
      const driver = kind.create(options);
      return { connect: (io, signal) => connect((changed) => driver.connect(changed, signal), io) };
    },
  });
  return (parts) => ({ ...parts, drivers: new Map([...parts.drivers].map(([id, kind]) => [id, broken(kind)])) });
}

/** The way to the relay is changed. */
function dialling(change: (dial: Dial) => Dial): Sabotage {
  return (parts: BridgeParts) => (parts.dial ? { ...parts, dial: change(parts.dial) } : parts);
}

const FOREVER = 1e9;

/** Broken parts, each with the words by which it must be found out. */
export const BROKEN: readonly (readonly [what: string, found: RegExp, sabotage: Sabotage])[] = [
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

/** A signal that never aborts. */
function forEver(): AbortSignal {
  return new AbortController().signal;
}

/** A link that never ends by itself. */
function deathless(link: LineLink): LineLink {
  return {
    path: link.path,
    ended: new Promise(() => {}),
    write: (line) => link.write(line).catch(() => {}),
    close: () => link.close(),
  };
}

/** Loses broadcasts of one type on their way out of the bridge, or in. */
function losing(dial: Dial, way: 'in' | 'out', type: string): Dial {
  const concerns = (data: Buffer) => {
    const { payload } = JSON.parse(data.toString()) as MeshFrame;
    return (payload as JsonObject | null)?.['msg_type'] === type;
  };
  return (...how) => {
    const wire = dial(...how);
    const lossy = new Proxy(wire, {
      get: (target, key) => {
        const value = target[key as keyof Wire] as unknown;
        if (typeof value !== 'function') return value;
        const call = value.bind(target) as (...args: unknown[]) => unknown;
        if (way === 'out' && key === 'send') {
          return (data: Buffer, ...rest: unknown[]) => (concerns(data) ? undefined : call(data, ...rest));
        }
        if (way === 'in' && key === 'on') {
          return (event: string, listener: (data: Buffer) => void) =>
            call(
              event,
              event === 'message' ? (data: Buffer) => (concerns(data) ? undefined : listener(data)) : listener,
            );
        }
        return call;
      },
    });
    return lossy;
  };
}
