import { describe, expect, it } from 'vitest';
import { BoardSimulator } from '../../devices/board/simulator.js';
import type { Simulator } from '../../src/device/driver-kind.js';
import { lint } from '../../src/layout/lint.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { LayoutPhone } from '../support/layout-phone.js';
import { forEachRelay, type MakeRelay } from '../support/relays.js';
import { Rig, type RigBoard, SKETCH } from '../support/rig.js';
import { WiredUno } from '../support/wired-uno.js';
import drive from '../vectors/layouts/drive.json' with { type: 'json' };
import interactive from '../vectors/layouts/interactive.json' with { type: 'json' };
import telemetry from '../vectors/layouts/telemetry.json' with { type: 'json' };

const file = (name: string) => new URL(`../vectors/layouts/${name}.json`, import.meta.url).pathname;

/** The answer to `get_history`. */
interface Past {
  readonly history?: { readonly [device: string]: { readonly [point: string]: readonly number[] } };
}

/** What stands behind the layouts: anything with these points will do. */
interface Hardware {
  readonly name: string;
  readonly device: JsonObject;
  /** What is plugged in; the driver's own simulator where absent. */
  board?(): Simulator;
  /** What an output of the device really is. */
  output(board: RigBoard, id: string): unknown;
  /** Makes the device refuse the next commands, for one of these reasons. */
  refuse(board: RigBoard): void;
  readonly refusals: readonly string[];
}

const HARDWARE: Hardware[] = [
  {
    name: 'a sketch that prints lines',
    device: SKETCH,
    output: (board, id) => board.simulator.output(id),
    refuse: (board) => board.simulator.refuse(),
    refusals: ['mismatch', 'device_refused'],
  },
  {
    name: 'a board that describes itself',
    device: { driver: 'board' },
    output: (board, id) => board.simulated(BoardSimulator).output(id),
    refuse: (board) => board.simulated(BoardSimulator).refuse('locked'),
    refusals: ['mismatch', 'device_refused'],
  },
  {
    name: 'the firmware of the greenhouse on an emulated Uno',
    device: { driver: 'board' },
    board: () => new WiredUno(),
    output: (board, id) => board.simulated(WiredUno).output(id),
    refuse: (board) => board.simulated(WiredUno).deaf(),
    refusals: ['timeout'],
  },
];

async function open(
  make: MakeRelay,
  { device, board }: Pick<Hardware, 'device' | 'board'>,
  layout: string,
  bindings: Record<string, string>,
) {
  const rig = await Rig.open(make, {
    devices: { shed: device },
    ...(board && { boards: { shed: board() } }),
    config: { publish: { trend: '250ms' }, layout: { file: file(layout), bindings } },
  });
  const phones: LayoutPhone[] = [];
  const phone = async (name: string) => {
    const opened = LayoutPhone.open(await rig.phone(name), layout === 'telemetry' ? telemetry : interactive);
    phones.push(opened);
    return opened;
  };
  const close = async () => {
    for (const one of phones) one.close();
    await rig.close();
  };
  return { rig, phone, close };
}

forEachRelay((_relay, make) => {
  describe.each(HARDWARE)('layouts written by hand, before $name', (hardware) => {
    const { output, refuse, refusals } = hardware;
    it('show telemetry, merged into one frame for each filter, to whoever comes', async () => {
      const bindings = {
        temperature: 'shed.temp',
        humidity: 'shed.hum',
        trend: 'shed.temp',
        exact: 'shed.temp',
        watering: 'shed.pump',
        link: 'shed',
      };
      const { rig, phone, close } = await open(make, hardware, 'telemetry', bindings);
      const wire = await rig.phone('wire');
      const anna = await phone('anna');
      await anna.showing('link').toBe('online');
      await anna.showing('temperature').toEqual(expect.any(Number));
      await anna.showing('humidity').toEqual(expect.any(Number));
      await anna.showing('watering').toBe(false);
      const temp = () => rig.bridge.store.point('shed', 'temp')?.value;
      await expect.poll(() => anna.shown('exact') === temp(), { timeout: 5_000 }).toBe(true);
      const air = wire.frames('telemetry').filter(({ kind }) => kind === 'air');
      expect(air.some((frame) => Object.keys(frame['air'] as object).length === 2)).toBe(true);
      // A chart that comes late is filled at once.
      const past = async () =>
        ((await wire.request('rig', 'rig.get_history')) as Past).history?.['shed']?.['temp'] ?? [];
      await expect.poll(async () => (await past()).length, { timeout: 10_000 }).toBeGreaterThan(1);
      const bert = await phone('bert');
      await expect.poll(() => bert.app.state('trend')?.samples.length ?? 0).toBeGreaterThan(1);
      rig.board().pull();
      await bert.showing('link').toBe('offline');
      await bert.showing('exact').toBe('—');
      await close();
    });

    it('are told everything again as often as they poll', async () => {
      const { rig, close } = await open(make, hardware, 'telemetry', { link: 'shed' });
      const poll = { event: 'broadcast_request', interval: 0.25, payload: { msg_type: 'telemetry.poll' } };
      const wire = await rig.phone('wire');
      await expect.poll(() => rig.bridge.store.health('shed'), { timeout: 8_000 }).toBe('online');
      // Without `state` nothing is asked for but by polling.
      const layout = { ...telemetry, state: {}, pollGroups: { refresh: poll } };
      const anna = LayoutPhone.open(await rig.phone('anna'), layout);
      const words = () =>
        wire.frames('telemetry').filter(({ kind, word }) => kind === 'link' && word === 'online').length;
      const before = words();
      await expect.poll(() => words() - before, { timeout: 8_000 }).toBeGreaterThan(1);
      await anna.showing('link').toBe('online');
      anna.close();
      await close();
    });

    it('command: toggle, slider within a text, pulse, refusal, emergency stop', async () => {
      const bindings = {
        water: 'shed.pump',
        air: 'shed.fan',
        splash: 'shed.pump',
        halt: 'bridge.estop',
        resume: 'bridge.estop_reset',
      };
      const { rig, phone, close } = await open(make, hardware, 'interactive', bindings);
      const board = rig.board();
      const anna = await phone('anna');
      const bert = await phone('bert');
      await expect.poll(() => rig.bridge.store.point('shed', 'pump')?.value, { timeout: 8_000 }).toBe(false);
      // It says what it has before it is asked who it is to the end.
      await expect.poll(() => rig.bridge.fleet.devices.get('shed')?.state).toBe('live');

      expect(await anna.tap('water', true)).toEqual({ shown: true, code: undefined });
      expect(await output(board, 'pump')).toBe(true);
      await bert.showing('water').toBe(true);

      expect(await anna.tap('air', 45)).toEqual({ shown: 45, code: undefined });
      expect(await output(board, 'fan')).toBe(45);
      await bert.showing('air').toBe(45);

      expect((await anna.tap('halt')).code).toBeUndefined();
      expect([await output(board, 'pump'), await output(board, 'fan')]).toEqual([false, 0]);
      await anna.showing('water').toBe(false);
      await bert.showing('air').toBe(0);
      expect(await bert.tap('water', true)).toEqual({ shown: false, code: 'estop' });
      expect(await output(board, 'pump')).toBe(false);
      expect((await anna.tap('resume')).code).toBeUndefined();

      expect((await anna.tap('splash')).code).toBeUndefined();
      expect(await output(board, 'pump')).toBe(true);
      await anna.showing('water').toBe(true);
      await anna.showing('water').toBe(false);
      expect(await output(board, 'pump')).toBe(false);

      refuse(board);
      const refused = await anna.tap('water', true);
      expect(refused.shown).toBe(false);
      expect(refusals).toContain(refused.code);
      await close();
    });
  });

  describe('a stick, bound to two outputs', () => {
    const axis = (word: string) => {
      return { role: 'actuator', type: 'number', min: -1, max: 1, safe: 0, write: `${word} {value}` };
    };
    const rover = { driver: 'lines', boot: '300ms', points: { speed: axis('SPEED'), turn: axis('TURN') } };
    const bindings = { drive: { x: 'rover.turn', y: 'rover.speed' } };

    it('drives both for as long as it is held, and neither once its phone has fallen silent for three times its pace', async () => {
      const layout = { file: file('drive'), bindings };
      const rig = await Rig.open(make, { devices: { rover }, config: { layout } });
      const { simulator } = rig.board('rover');
      const places = async () => [await simulator.output('turn'), await simulator.output('speed')];
      const anna = LayoutPhone.open(await rig.phone('anna'), drive);
      await expect.poll(() => rig.bridge.store.health('rover'), { timeout: 8_000 }).toBe('online');
      // The phone's pace, for longer than any allowance of a sender lasts: neither axis may wait for the other one.
      for (let i = 1; i <= 20; i++) {
        expect((await anna.tap('drive', { x: -i / 20, y: i / 20 })).code).toBeUndefined();
        expect(await places()).toEqual([-i / 20, i / 20]);
        await new Promise((pass) => setTimeout(pass, 100));
      }
      anna.app.act('drive', { value: { x: 0.5, y: -0.5 } });
      const left = performance.now();
      await expect.poll(places, { interval: 5 }).toEqual([0.5, -0.5]);
      await expect.poll(places, { timeout: 3_000, interval: 5 }).toEqual([0, 0]);
      const after = performance.now() - left;
      expect(after).toBeGreaterThan(290);
      expect(after).toBeLessThan(1_000);
      anna.close();
      await rig.close();
    });
  });

  describe('a layout made of what is plugged in', () => {
    it('shows every point, switches every output, and tells when the device is away', async () => {
      const rig = await Rig.open(make, {
        devices: { shed: { driver: 'board' } },
        config: { publish: { trend: '250ms' } },
      });
      const wire = await rig.phone('wire');
      await expect.poll(() => rig.bridge.store.health('shed'), { timeout: 8_000 }).toBe('online');
      const answer = (await wire.request('rig', 'rig.get_layout')) as JsonObject;
      expect(answer).toMatchObject({ ok: true, layout: { state: { authority: 'rig' } } });
      expect(lint(answer['layout'])).toEqual([]);
      const anna = LayoutPhone.open(await rig.phone('anna'), answer['layout']);
      const { app } = anna;
      await anna.showing('health-shed').toBe('online');
      for (const id of app.ids().filter((id) => /^dev-shed-(temp|hum|light)$/.test(id))) {
        await anna.showing(id).toEqual(expect.any(Number));
        await anna.showing(`${id}-quality`).toBe('good');
        await expect.poll(() => app.state(`${id}-trend`)?.samples.length ?? 0).toBeGreaterThan(1);
      }
      await expect.poll(() => app.ids().filter((id) => id.startsWith('dyn-shed')).length).toBeGreaterThan(3);

      expect(await anna.tap('dev-shed-pump', true)).toEqual({ shown: true, code: undefined });
      expect(await anna.tap('dev-shed-fan', 40)).toEqual({ shown: 40, code: undefined });
      expect(await anna.tap('dev-shed-turnout', 'thrown')).toEqual({ shown: 'thrown', code: undefined });
      await anna.showing('dyn-shed-turnout').toBe('thrown');
      rig.board().simulated(BoardSimulator).happen('button', 'pressed');
      await anna.showing('dev-shed-button').toBe('pressed');

      const nodes = () => (app.state('app-topology')?.document as { nodes?: JsonObject[] } | undefined)?.nodes ?? [];
      const shed = () => nodes().find(({ id }) => id === 'shed');
      const tapped = shed()?.['onTap'] as { event: string; payload: JsonObject };
      expect(await wire.ask(tapped.event, tapped.payload)).toMatchObject({ ok: true, title: 'shed' });

      expect(app.visible('dev-shed-pump')).toBe(true);
      rig.board().pull();
      await anna.showing('health-shed').toBe('offline');
      expect(app.visible('dev-shed-pump')).toBe(false);
      await anna.showing('dev-shed-temp-quality').toBe('unknown');
      await expect.poll(() => shed()?.['group']).toBe('offline');
      anna.close();
      await rig.close();
    });
  });
});
