import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Discovery, type FoundBoard } from '../../src/device/discovery.js';
import type { DriverKind } from '../../src/device/driver-kind.js';
import { BridgeError } from '../../src/error.js';
import { FailureLog } from '../../src/failure-log.js';
import { silentLog } from '../../src/log.js';
import type { SerialPortEntry } from '../../src/port/serial-path.js';
import { FakePort } from '../support/fake-line.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** A kind whose boards answer `who?` with `i am NAME`. */
const kind: DriverKind = {
  kind: 'named',
  summary: '',
  options: z.unknown(),
  inFlight: 'device',
  pulses: false,
  create: () => {
    throw new Error('not in this test');
  },
  probe: {
    baud: 115200,
    ask: async (io, link, signal) => {
      const match = (line: string) => line.match(/^i am (\w+)$/)?.[1];
      return await io.exchange(link, { write: 'who?', match, within: 1_000 }, signal).then(
        (id) => ({ id }),
        (error) => {
          if (error instanceof BridgeError && error.code === 'device/timeout') return undefined;
          throw error;
        },
      );
    },
  },
};

function setUp() {
  const clock = new VirtualClock();
  const ports = new Map<string, { entry: SerialPortEntry; fake: FakePort }>();
  const found: FoundBoard[] = [];
  const settled: number[] = [];
  const nodes = new Map<string, number>();
  const held = new Set<string>();
  const world = { wanted: false, unsure: false };
  const gone: string[] = [];
  const claimed = new Set<string>();
  let change = () => {};
  const discovery = new Discovery({
    kinds: [kind],
    listPorts: () => [...ports.values()].map(({ entry }) => entry),
    watchPorts: (onChange) => {
      change = onChange;
      return () => {};
    },
    nodeOf: (path) => String(nodes.get(path)),
    claimOn: (path) => (claimed.has(path) ? 'claimed' : world.unsure ? 'unsure' : 'free'),
    holders: async (path) => (held.has(path) ? [{ pid: 1, command: 'screen' }] : []),
    bauds: new Map([['named', 9600]]),
    isWanted: () => world.wanted,
    openLine: (options, handlers, signal) => {
      const port = ports.get(String(options.port));
      if (!port) throw new BridgeError('port/missing', 'no such port');
      return port.fake.open(options, handlers, signal);
    },
    clock,
    random: Math.random,
    log: silentLog,
    failures: new FailureLog(silentLog, clock),
    found: (board) => void found.push(board),
    settled: () => void settled.push(found.length),
    gone: (path) => void gone.push(path),
  });
  const plug = (path: string, name: string | undefined, vendorId: string | undefined = '1a86') => {
    const fake = new FakePort(clock);
    fake.onWrite = (line) => {
      if (line === 'who?' && name) fake.say(`i am ${name}`);
    };
    const usb = vendorId ? { usb: { vendorId, productId: '7523' } } : {};
    nodes.set(path, nodes.size + ports.size + (nodes.get(path) ?? 0) + 1);
    ports.set(path, { entry: { path, ...usb }, fake });
    change();
    return fake;
  };
  const pull = (path: string) => {
    ports.get(path)?.fake.vanish();
    ports.delete(path);
    change();
  };
  const names = () => found.map(({ identity }) => identity.id);
  return { clock, discovery, plug, pull, found, settled, gone, claimed, held, world, names };
}

describe('discovery', () => {
  it('asks a board that is plugged in, once, and keeps its line open', async () => {
    const { clock, discovery, plug, names, gone, pull } = setUp();
    discovery.start();
    const fake = plug('/dev/ttyUSB0', 'uno');
    await clock.advance(2_000);
    expect(names()).toEqual(['uno']);
    expect(fake.isOpen).toBe(true);
    expect(fake.written).toEqual(['who?']);
    await clock.advance(60_000);
    expect(fake.opens).toBe(1);
    pull('/dev/ttyUSB0');
    expect(gone).toEqual(['/dev/ttyUSB0']);
    await discovery.stop();
    expect(clock.timers).toBe(0);
  });

  it('tells of a board at once, also beside a silent port, and then that all were asked', async () => {
    const { clock, discovery, plug, names, settled } = setUp();
    plug('/dev/ttyUSB0', 'uno');
    plug('/dev/ttyUSB1', undefined);
    plug('/dev/ttyUSB2', 'due');
    discovery.start();
    await clock.advance(400);
    expect(names()).toEqual(['uno', 'due']);
    expect(settled).toEqual([]);
    await clock.advance(5_000);
    expect(settled).toEqual([2]);
  });

  it.each([
    ['a port that is not USB', '/dev/ttyS0', undefined],
    ['a vendor that makes no boards', '/dev/ttyUSB0', '1234'],
  ])('leaves %s alone', async (_what, path, vendorId) => {
    const { clock, discovery, plug, names } = setUp();
    discovery.start();
    const fake = plug(path, 'uno', vendorId ?? '');
    await clock.advance(10_000);
    expect(fake.opens).toBe(0);
    expect(names()).toEqual([]);
  });

  it('leaves a port alone that a device has for itself', async () => {
    const { clock, discovery, plug, claimed } = setUp();
    claimed.add('/dev/ttyUSB0');
    discovery.start();
    const fake = plug('/dev/ttyUSB0', 'uno');
    await clock.advance(10_000);
    expect(fake.opens).toBe(0);
  });

  it('closes the port of a board that does not say who it is, and asks no more until it is plugged in anew', async () => {
    const { clock, discovery, plug, pull, names } = setUp();
    discovery.start();
    const fake = plug('/dev/ttyUSB0', undefined);
    await clock.advance(30_000);
    expect(fake.isOpen).toBe(false);
    expect(fake.opens).toBe(1);
    pull('/dev/ttyUSB0');
    plug('/dev/ttyUSB0', 'uno');
    await clock.advance(5_000);
    expect(names()).toEqual(['uno']);
  });

  it('tries a port again that is in use, for as long as it is there', async () => {
    const { clock, discovery, plug, names } = setUp();
    discovery.start();
    const fake = plug('/dev/ttyUSB0', 'uno');
    fake.refuse(new BridgeError('port/locked', 'in use'));
    await clock.advance(60_000);
    fake.refuse();
    await clock.advance(10_000);
    expect(names()).toEqual(['uno']);
  });

  it('survives a board that is pulled while it is asked', async () => {
    const { clock, discovery, plug, pull, names } = setUp();
    discovery.start();
    plug('/dev/ttyUSB0', undefined);
    await clock.advance(500);
    pull('/dev/ttyUSB0');
    await clock.advance(5_000);
    expect(names()).toEqual([]);
    await discovery.stop();
    expect(clock.timers).toBe(0);
  });

  it('asks a board that was swapped for another within one look', async () => {
    const { clock, discovery, plug, names, gone } = setUp();
    discovery.start();
    plug('/dev/ttyUSB0', 'uno');
    await clock.advance(2_000);
    plug('/dev/ttyUSB0', 'evil');
    await clock.advance(2_000);
    expect(names()).toEqual(['uno', 'evil']);
    expect(gone).toEqual(['/dev/ttyUSB0']);
  });

  it('does not open a port that another program has open', async () => {
    const { clock, discovery, plug, held, names } = setUp();
    held.add('/dev/ttyUSB0');
    discovery.start();
    const fake = plug('/dev/ttyUSB0', 'uno');
    await clock.advance(60_000);
    expect(fake.opens).toBe(0);
    held.clear();
    await clock.advance(10_000);
    expect(names()).toEqual(['uno']);
  });

  it('waits for the names of the config before it asks', async () => {
    const { clock, discovery, plug, world, claimed } = setUp();
    world.unsure = true;
    discovery.start();
    const fake = plug('/dev/ttyUSB0', 'uno');
    const late = plug('/dev/ttyUSB1', 'due');
    await clock.advance(1_500);
    expect(fake.opens).toBe(0);
    claimed.add('/dev/ttyUSB0');
    await clock.advance(5_000);
    expect([fake.opens, late.opens]).toEqual([0, 1]);
  });

  it('asks a silent port twice more while a device waits, at the rate of those that wait', async () => {
    const { clock, discovery, plug, world } = setUp();
    world.wanted = true;
    discovery.start();
    const fake = plug('/dev/ttyUSB0', undefined);
    await clock.advance(300_000);
    expect(fake.opens).toBe(3);
    expect(fake.options?.baud).toBe(9600);
  });

  it('leaves nothing open when it is stopped in the middle of a probe', async () => {
    const { clock, discovery, plug, found } = setUp();
    discovery.start();
    const fake = plug('/dev/ttyUSB0', undefined);
    await clock.advance(500);
    expect(fake.isOpen).toBe(true);
    await discovery.stop();
    expect(fake.isOpen).toBe(false);
    expect(found).toEqual([]);
    expect(clock.timers).toBe(0);
  });
});
