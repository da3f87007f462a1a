import type { BridgeParts } from '../../../src/bridge.js';
import type { DeviceIo, DeviceSession } from '../../../src/device/driver.js';
import type { DriverKind } from '../../../src/device/driver-kind.js';
import type { Reading } from '../../../src/device/point.js';
import type { Dial, Wire } from '../../../src/mesh/client-socket.js';
import { isObject, type JsonObject, type MeshFrame } from '../../../src/mesh/frame.js';
import type { LineLink } from '../../../src/port/line-link.js';
import type { Sabotage } from '../host.js';

/** A broken part, with the words by which it must be found out, and the fault that it takes, where any other is idle. */
export type Broken = readonly [what: string, found: RegExp, sabotage: Sabotage, fault?: string];

/** Sessions of all drivers are changed. */
export function sessions(change: (session: DeviceSession, io: DeviceIo) => Partial<DeviceSession>): Sabotage {
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
export function reports(
  change: (report: DeviceIo['report'], readings: readonly Reading[], io: DeviceIo) => void,
): Sabotage {
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

/** All drivers connect in another way. */
export function drivers(
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
export function dialling(change: (dial: Dial) => Dial): Sabotage {
  return (parts: BridgeParts) => (parts.dial ? { ...parts, dial: change(parts.dial) } : parts);
}

/** A signal that never aborts. */
export function forEver(): AbortSignal {
  return new AbortController().signal;
}

/** A link that never ends by itself. */
export function deathless(link: LineLink): LineLink {
  return {
    path: link.path,
    ended: new Promise(() => {}),
    write: (line) => link.write(line).catch(() => {}),
    close: () => link.close(),
  };
}

/** Loses broadcasts of one type on their way out of the bridge, or in. */
export function losing(dial: Dial, way: 'in' | 'out', type: string): Dial {
  return altering(dial, way, (payload) => (payload['msg_type'] === type ? undefined : payload));
}

/** Broadcasts become others on their way out of the bridge, or in, or are lost. */
export function altering(dial: Dial, way: 'in' | 'out', change: (payload: JsonObject) => JsonObject | undefined): Dial {
  const altered = (data: Buffer) => {
    const frame = JSON.parse(data.toString()) as MeshFrame;
    const payload = isObject(frame.payload) ? change(frame.payload) : frame.payload;
    return payload === undefined ? undefined : Buffer.from(JSON.stringify({ ...frame, payload }));
  };
  return (...how) => {
    const wire = dial(...how);
    const get = (target: Wire, key: keyof Wire) => {
      const value = target[key] as unknown;
      if (typeof value !== 'function') return value;
      const call = value.bind(target) as (...args: unknown[]) => unknown;
      const pass = (data: Buffer, onto: (data: Buffer) => unknown) => {
        const other = altered(data);
        return other && onto(other);
      };
      if (way === 'out' && key === 'send')
        return (data: Buffer, ...rest: unknown[]) => pass(data, (other) => call(other, ...rest));
      if (way === 'out' || key !== 'on') return call;
      return (event: string, listener: (data: Buffer) => void) =>
        call(event, event === 'message' ? (data: Buffer) => pass(data, listener) : listener);
    };
    return new Proxy(wire, { get: (target, key) => get(target, key as keyof Wire) });
  };
}
