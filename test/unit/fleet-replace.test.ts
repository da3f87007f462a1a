import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BoardMemory } from '../../src/device/board-memory.js';
import type { DriverKind, Probe } from '../../src/device/driver-kind.js';
import { Fleet } from '../../src/device/fleet.js';
import type { DeviceEntries } from '../../src/device/fleet-change.js';
import { silentLog } from '../../src/log.js';
import type { Ports } from '../../src/port/ports.js';
import { StateFile } from '../../src/state/state-file.js';
import { Store } from '../../src/state/store.js';
import { FakePort } from '../support/fake-line.js';
import { noPins } from '../support/no-pins.js';
import { VirtualClock } from '../support/virtual-clock.js';

interface LampOptions {
  port: string;
  label?: string;
}

const who: Probe['ask'] = async (io, link, signal) => {
  const match = (line: string) => line.match(/^i am (\w+)$/)?.[1];
  return { id: await io.exchange(link, { write: 'who?', match, within: 1_000 }, signal) };
};

/** A lamp on a line: `lamp true` switches it, and it is believed. Its board answers `who?` where it is asked. */
const lamp: DriverKind<LampOptions> = {
  kind: 'lamp',
  summary: '',
  options: z.strictObject({ port: z.string(), label: z.string().optional() }) as unknown as z.ZodType<LampOptions>,
  inFlight: 'device',
  pulses: false,
  create: ({ port, label }) => ({
    connect: async (io, signal) => {
      const link = await io.openLine({ port, baud: 9600 }, { line: () => {}, defect: () => {} });
      signal.throwIfAborted();
      io.describe([{ id: 'lamp', role: 'actuator', type: 'boolean', safe: false, ...(label && { label }) }]);
      io.report([{ point: 'lamp', value: false }]);
      return {
        identity: (port === 'auto' && (await who(io, link, signal))) || {},
        apply: async ({ value }) => {
          await link.write(`lamp ${String(value)}`);
          io.report([{ point: 'lamp', value }]);
          return { value, settled: true };
        },
      };
    },
  }),
  probe: {
    baud: 9600,
    ask: who,
  },
};

const entries = (devices: { [id: string]: LampOptions }): DeviceEntries =>
  new Map(Object.entries(devices).map(([id, options]) => [id, { driver: 'lamp', options }]));

describe('other devices for a fleet that runs', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'carter-fleet-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function running(devices: { [id: string]: LampOptions }, discover = false) {
    const clock = new VirtualClock();
    const store = new Store(clock);
    const cables = new Map(['a', 'b', 'c'].map((path) => [path, new FakePort(clock)]));
    for (const [path, cable] of cables) cable.onWrite = (line) => line === 'who?' && cable.say(`i am board_${path}`);
    const cable = (path: string) => cables.get(path) as FakePort;
    const usb = { vendorId: '1a86', productId: '7523' };
    const ports: Ports = {
      open: (options, handlers, signal) => cable(String(options.port)).open(options, handlers, signal),
      watch: () => () => {},
      resolve: String,
      list: () => [...cables.keys()].map((path) => ({ path, usb: { ...usb, serialNumber: path } })),
      nodeOf: (path) => path,
      holders: async () => [],
      watchList: () => () => {},
    };
    const boards = new BoardMemory(new StateFile(join(folder, 'boards.json'), silentLog));
    const fleet = new Fleet({
      devices: entries(devices),
      interlocks: [],
      drivers: new Map([['lamp', lamp as DriverKind]]),
      discover,
      ports,
      pins: () => noPins,
      store,
      memory: { boards, stopped: () => false, tallies: () => ({ get: () => 0, set: () => {} }) },
      clock,
      random: () => 0.5,
      log: silentLog,
    });
    fleet.start();
    await clock.advance(3_000);
    const replace = async (next: { [id: string]: LampOptions }, discovers = discover) => {
      const change = fleet.prepare({ devices: entries(next), discover: discovers, interlocks: [] })();
      await clock.advance(5_000);
      return await change;
    };
    const set = async (id: string, value: boolean) => {
      const outcome = fleet.devices
        .get(id)
        ?.command({ point: 'lamp', value, origin: 'test', deadline: clock.now() + 500 });
      await clock.advance(10);
      return await outcome;
    };
    const stop = async () => {
      const stopped = fleet.stop();
      await clock.advance(2_000);
      await stopped;
      expect(clock.timers).toBe(0);
    };
    return { clock, store, fleet, cable, replace, set, stop };
  }

  it('leaves a device alone whose entry is the same', async () => {
    const { store, fleet, cable, replace, set, stop } = await running({ one: { port: 'a' }, two: { port: 'b' } });
    await set('one', true);
    const before = fleet.devices.get('one');
    expect(await replace({ one: { port: 'a' }, two: { port: 'b', label: 'Porch' } })).toMatchObject({
      changed: ['two'],
    });
    expect(fleet.devices.get('one')).toBe(before);
    expect(cable('a').opens).toBe(1);
    expect(cable('a').written).toEqual(['lamp true']);
    expect(store.point('one', 'lamp')?.value).toBe(true);
    await stop();
  });

  it('closes a device with another entry safe, and opens it anew', async () => {
    const { store, cable, replace, set, stop } = await running({ one: { port: 'a' } });
    await set('one', true);
    await replace({ one: { port: 'b', label: 'Porch' } });
    expect(cable('a').written).toEqual(['lamp true', 'lamp false']);
    expect([cable('a').isOpen, cable('b').isOpen]).toEqual([false, true]);
    expect(store.point('one', 'lamp')?.spec.label).toBe('Porch');
    expect(store.health('one')).toBe('online');
    expect(await set('one', true)).toMatchObject({ ok: true });
    expect(cable('b').written).toEqual(['lamp true']);
    await stop();
  });

  it('opens a device anew that keeps to interlocks itself, when they are others', async () => {
    const { clock, fleet, cable, stop } = await running({ one: { port: 'a' }, two: { port: 'b' } });
    const devices = entries({ one: { port: 'a' }, two: { port: 'b' } });
    const replacing = fleet.prepare({ devices, discover: false, interlocks: [['one.lamp', 'one.fan', 'two.lamp']] })();
    await clock.advance(1_000);
    expect(await replacing).toMatchObject({ changed: ['one'] });
    expect([cable('a').opens, cable('b').opens]).toEqual([2, 1]);
    await stop();
  });

  it('takes no command for a device that is being closed', async () => {
    const { clock, fleet, cable, set, stop } = await running({ one: { port: 'a' } });
    await set('one', true);
    cable('a').stall(true);
    const replacing = fleet.prepare({ devices: entries({}), discover: false, interlocks: [] })();
    const device = fleet.devices.get('one');
    const command = { point: 'lamp', value: true, origin: 'test', deadline: clock.now() + 500 };
    expect(await device?.command(command)).toMatchObject({ ok: false, code: 'offline' });
    await clock.advance(3_000);
    await replacing;
    expect(cable('a').isOpen).toBe(false);
    await stop();
  });

  it('changes nothing where a driver can not be made', async () => {
    const { fleet, cable, stop } = await running({ one: { port: 'a' } });
    const unknown: DeviceEntries = new Map([['two', { driver: 'lantern', options: {} }]]);
    expect(() => fleet.prepare({ devices: unknown, discover: false, interlocks: [] })).toThrow(
      'two: unknown driver lantern',
    );
    expect([...fleet.devices.keys()]).toEqual(['one']);
    expect(cable('a').isOpen).toBe(true);
    await stop();
  });

  it('forgets a device that is gone, and has one that is new', async () => {
    const { store, fleet, cable, replace, set, stop } = await running({ one: { port: 'a' } });
    await set('one', true);
    const described: string[] = [];
    store.subscribe({ described: (device) => void described.push(device) });
    expect(await replace({ two: { port: 'b' } })).toEqual({ gone: ['one'], changed: [], added: ['two'] });
    expect(cable('a').written.at(-1)).toBe('lamp false');
    expect(cable('a').isOpen).toBe(false);
    expect([...fleet.devices.keys()]).toEqual(['two']);
    expect(store.devices()).toEqual(['two']);
    expect(described).toContain('one');
    expect(store.health('two')).toBe('online');
    await stop();
  });

  it('lets two devices swap their ports', async () => {
    const { store, cable, replace, stop } = await running({ one: { port: 'a' }, two: { port: 'b' } });
    await replace({ one: { port: 'b' }, two: { port: 'a' } });
    expect([store.health('one'), store.health('two')]).toEqual(['online', 'online']);
    expect([cable('a').opens, cable('b').opens]).toEqual([2, 2]);
    await stop();
  });

  it('keeps a board with its device that still waits for one, and its approval', async () => {
    const { fleet, store, replace, stop } = await running({ board_a: { port: 'auto' } }, true);
    expect(store.health('board_a')).toBe('online');
    await replace({ board_a: { port: 'auto', label: 'Porch' } });
    expect(store.health('board_a')).toBe('online');
    expect(fleet.devices.get('board_a')?.approved).toBe(true);
    await stop();
  });

  it('gives the board of a made-up device to the device that now names its port', async () => {
    const { fleet, store, cable, replace, stop } = await running({}, true);
    expect([...fleet.devices.keys()].sort()).toEqual(['board_a', 'board_b', 'board_c']);
    await replace({ porch: { port: 'a' } });
    expect([...fleet.devices.keys()].sort()).toEqual(['board_b', 'board_c', 'porch']);
    expect(store.health('porch')).toBe('online');
    expect(cable('b').opens).toBe(1);
    await stop();
  });

  it('asks anew who is at a port that no device has any more', async () => {
    const { fleet, store, replace, stop } = await running({ porch: { port: 'a' } }, true);
    await replace({});
    expect([...fleet.devices.keys()].sort()).toEqual(['board_a', 'board_b', 'board_c']);
    expect(store.health('board_a')).toBe('unapproved');
    await stop();
  });

  it('lets go of boards that nobody waits for once it is not to discover any, and finds them again', async () => {
    const { fleet, cable, replace, stop } = await running({ board_b: { port: 'auto' } }, true);
    await replace({ board_b: { port: 'auto' } }, false);
    expect([...fleet.devices.keys()]).toEqual(['board_b']);
    expect([cable('a').isOpen, cable('b').isOpen]).toEqual([false, true]);
    await replace({}, false);
    expect([...fleet.devices.keys()]).toEqual([]);
    expect(cable('b').isOpen).toBe(false);
    await replace({}, true);
    expect([...fleet.devices.keys()].sort()).toEqual(['board_a', 'board_b', 'board_c']);
    expect(cable('a').isOpen).toBe(true);
    await stop();
  });

  it('has what the last config says, whatever came before, and touches nothing that stays', async () => {
    const port = fc.constantFrom('a', 'b', 'c');
    const entry = fc.record({ port, label: fc.constantFrom('Lamp', 'Porch') });
    const auto = entry.map(({ label }) => ({ port: 'auto', label }));
    const ids = fc.constantFrom('one', 'two', 'board_a', 'board_b');
    const named = fc.dictionary(ids, entry, { maxKeys: 3 });
    const asked = fc.dictionary(fc.constantFrom('board_a', 'board_b'), auto);
    const devices = fc.tuple(named, asked).map(([some, others]) => ({ ...some, ...others }));
    const step = fc.record({ devices: devices.filter(ownPorts), discover: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), async ([first, ...steps]) => {
        if (!first) return;
        const { fleet, store, cable, replace, stop } = await running(first.devices, first.discover);
        let before = first.devices;
        for (const { devices: next, discover } of steps) {
          const stays = Object.keys(next).filter((id) => isDeepStrictEqual(before[id], next[id]));
          const touched = () => stays.map((id) => [fleet.devices.get(id), cable(portOf(id, next)).opens]);
          const was = touched();
          await replace(next, discover);
          expect(touched()).toEqual(was);
          const named = Object.keys(next).map((id) => portOf(id, next));
          const found = discover ? ['a', 'b', 'c'].filter((one) => !named.includes(one)) : [];
          const open = ['a', 'b', 'c'].filter((one) => cable(one).isOpen);
          expect(open).toEqual([...named, ...found].sort());
          expect(fleet.devices.size).toBe(open.length);
          expect([...fleet.devices.keys()].sort()).toEqual(store.devices().sort());
          for (const id of Object.keys(next)) expect([id, fleet.devices.get(id)?.state]).toEqual([id, 'live']);
          before = next;
        }
        await stop();
        rmSync(join(folder, 'boards.json'), { force: true });
      }),
      { numRuns: 100 },
    );
  }, 60_000);
});

/** Whether no two devices have one port. */
function ownPorts(devices: { [id: string]: LampOptions }): boolean {
  const ports = Object.keys(devices).map((id) => portOf(id, devices));
  return new Set(ports).size === ports.length;
}

/** Where a device is, also one that is found by asking. */
function portOf(id: string, devices: { [id: string]: LampOptions }): string {
  const port = devices[id]?.port ?? '';
  return port === 'auto' ? id.replace('board_', '') : port;
}
