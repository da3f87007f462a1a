import { describe, expect, it } from 'vitest';
import { BoardSimulator } from '../../devices/board/simulator.js';
import type { BoardMessage, PointDescription } from '../../firmware-protocol/message.js';
import { fingerprint } from '../../firmware-protocol/point.js';
import { Bridge, type BridgeParts } from '../../src/bridge.js';
import { askControl } from '../../src/control/client.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { systemClock } from '../../src/system-clock.js';
import { eventually } from '../support/eventually.js';
import { forgedPoints } from '../support/forged-points.js';
import { CANARY } from '../support/hostile-scene.js';
import { embeddedRelay } from '../support/relays.js';
import { Rig } from '../support/rig.js';
import { sceneOf } from '../support/scene-of.js';

const PLAIN = { unit: '', lease: 0, options: [] } as const;
const sensor = (id: string, label: string): PointDescription => ({
  ...PLAIN,
  id,
  role: 'sensor',
  type: 'number',
  label,
});
const output = (id: string, safe: boolean): PointDescription => ({
  ...PLAIN,
  id,
  role: 'actuator',
  type: 'boolean',
  label: 'Pump',
  safe,
});
const PLACE = { devices: { greenhouse: { driver: 'board', port: 'auto' } } };
const identity = { id: 'greenhouse', name: 'Greenhouse' };

/** A board whose sketch can call itself otherwise, and start anew, whenever it likes. */
class Chameleon extends BoardSimulator {
  become(id: string): void {
    Object.assign(this.identity, { id });
    this.reset();
  }
}

/** Keeps to itself which points it has until it is told to talk. */
class Reticent extends BoardSimulator {
  talks = false;

  constructor(...parts: ConstructorParameters<typeof BoardSimulator>) {
    super(...parts);
    const inner = this as unknown as { say(message: BoardMessage): void };
    const say = inner.say.bind(this);
    inner.say = (message) => {
      if (message.verb !== 'describe' || this.talks) say(message);
    };
  }
}

/** Says that its pump is off, which it calls unsafe, and refuses to be put elsewhere. */
class Unwilling extends BoardSimulator {
  override reset(): void {
    super.reset();
    const { firmware } = this as unknown as {
      firmware: { outputs: Map<string, { value: unknown; putSafe(): void }>; refusing: string };
    };
    firmware.refusing = 'busy';
    const pump = firmware.outputs.get('pump');
    if (pump) Object.assign(pump, { value: false, putSafe: () => {} });
  }
}

/** What a board was told to become. */
const told = ({ executions }: BoardSimulator) => [...executions.keys()].filter((what) => what.includes(' set '));

/**
 * The stranger goes, and the greenhouse's own board comes back. Resolves with whether its pump obeys the command line:
 * whatever was to be told before has been told then.
 */
async function comesBack(good: BoardSimulator, { usb, control }: Pick<Rig, 'usb' | 'control'>, health: () => unknown) {
  usb.pull('ttyUSB1');
  await eventually(health).toBe('offline');
  good.executions.clear();
  usb.plug('ttyUSB0', good, { serialNumber: 'GOOD' });
  await eventually(health).toBe('online');
  const { ok } = await askControl(control, { op: 'set', device: 'greenhouse', point: 'pump', value: false });
  return ok;
}

/** A board of the greenhouse goes away, a stranger that says `points` has its place for a while, and it comes back. */
async function displaced(config: JsonObject, { approve = false, stop = false } = {}) {
  const good = new BoardSimulator(systemClock(), 3, {
    identity,
    points: [sensor('temp', 'Temperature'), output('pump', false)],
  });
  const evil = new Unwilling(systemClock(), 4, {
    identity,
    points: [sensor('temp', 'Temperature'), output('pump', true)],
  });
  const rig = await Rig.open(embeddedRelay, { devices: {}, token: CANARY.token, config });
  const { store, fleet, router } = rig.bridge;
  const health = () => store.health('greenhouse');
  rig.usb.plug('ttyUSB0', good, { serialNumber: 'GOOD' });
  await eventually(() => fleet.devices.get('greenhouse')?.state).toBe('live');
  if (approve) await fleet.approve('greenhouse');
  await eventually(health).toBe('online');
  rig.usb.pull('ttyUSB0');
  await eventually(health).toBe('offline');
  rig.usb.plug('ttyUSB1', evil, { serialNumber: 'EVIL' });
  await eventually(health).toBe('unapproved');
  if (stop) await router.emergencyStop('somebody');
  await eventually(() => fleet.devices.get('greenhouse')?.isGoingSafe('pump')).toBe(true);
  const ok = await comesBack(good, rig, health);
  const got = { ok, pump: good.output('pump'), told: told(good) };
  await rig.close();
  return got;
}

describe('what an unapproved board in the place of an absent one is owed', () => {
  const NOTHING = { ok: true, pump: false, told: [expect.stringMatching(/ pump 0$/)] };

  it('is not told to the board of the config', async () => {
    expect(await displaced(PLACE)).toEqual(NOTHING);
  });

  it('is not told to the board that its owner approved', async () => {
    expect(await displaced({ discover: true }, { approve: true })).toEqual(NOTHING);
  });

  it('is not told to anybody while the emergency stop is latched', async () => {
    expect(await displaced(PLACE, { stop: true })).toEqual(NOTHING);
  });
});

describe('points that an unapproved board made for the fingerprint of another one', () => {
  it('are not taken for that one’s, which is put to its own safe values', async () => {
    const points = [sensor('temp', 'Temperature'), sensor('hum', 'Humidity'), output('pump', false)];
    const forged = forgedPoints(points, (one, other) => [
      sensor('temp', one),
      sensor('hum', other),
      output('pump', true),
    ]);
    expect(fingerprint(forged)).toBe(fingerprint(points));
    const good = new BoardSimulator(systemClock(), 3, { identity, points });
    const evil = new BoardSimulator(systemClock(), 4, { identity, points: forged });
    const rig = await Rig.open(embeddedRelay, { devices: {}, token: CANARY.token, config: PLACE });
    rig.usb.plug('ttyUSB0', good, { serialNumber: 'GOOD' });
    await eventually(() => rig.bridge.store.health('greenhouse')).toBe('online');
    // Nobody has described anything to the bridge when it starts anew.
    const { parts } = rig.bridge as unknown as { parts: BridgeParts };
    await rig.bridge.stop();
    rig.usb.pull('ttyUSB0');
    rig.usb.plug('ttyUSB1', evil, { serialNumber: 'EVIL' });
    const bridge = new Bridge(parts);
    await bridge.start();
    const health = () => bridge.store.health('greenhouse');
    await eventually(health).toBe('unapproved');
    const ok = await comesBack(good, rig, health);
    const safe = bridge.store.point('greenhouse', 'pump')?.spec.safe;
    const got = { ok, safe, pump: good.output('pump'), told: told(good) };
    await bridge.stop();
    await rig.close();
    expect(got).toEqual({ ok: true, safe: false, pump: false, told: [expect.stringMatching(/ pump 0$/)] });
  });
});

describe('a board that calls itself as what is derived', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token });

  it('has no say in that, also where formulas come later', async () => {
    const { bridge, usb } = scene().rig;
    const { store, fleet } = bridge;
    const board = new BoardSimulator(systemClock(), 12, {
      identity: { id: 'derived' },
      points: [sensor('sum', 'Sum')],
    });
    usb.plug('ttyUSB12', board);
    await eventually(() => fleet.devices.get('derived_2')?.state).toBe('live');
    const { parts } = bridge as unknown as { parts: BridgeParts };
    const derived = new Map([['sum', { formula: 'shed.temp + 1000' }]]);
    await bridge.reload({ ...parts, config: { ...parts.config, derived } as BridgeParts['config'] });
    board.sense('sum', '-7');
    await eventually(() => store.point('derived_2', 'sum')?.value).toBe(-7);
    expect(store.point('derived', 'sum')?.value).toBeGreaterThan(900);
    expect(store.health('derived')).toBe('online');
  });
});

describe('a board that wants its owner’s consent', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token });

  it('does not get it under another name while a window is open for boards that are plugged in', async () => {
    const { rig } = scene();
    const { store, fleet } = rig.bridge;
    const board = new Chameleon(systemClock(), 7, { identity: { id: 'gift' } });
    rig.usb.plug('ttyUSB7', board);
    await eventually(() => store.health('gift')).toBe('unapproved');
    expect(await askControl(rig.control, { op: 'approve_new', ms: 60_000 })).toMatchObject({ ok: true });
    board.become('lamp');
    await eventually(() => fleet.devices.get('lamp')?.state).toBe('live');
    const wish = { device: 'lamp', point: 'pump', value: true };
    expect(await askControl(rig.control, { op: 'set', ...wish })).toMatchObject({ ok: false, code: 'unapproved' });
    expect(board.output('pump')).toBe(false);
    expect(await askControl(rig.control, { op: 'approve_new', ms: 0 })).toMatchObject({ ok: true });
  });

  it('does not get it for outputs that were not shown', async () => {
    const { rig, page } = scene();
    const { store, fleet } = rig.bridge;
    const board = new BoardSimulator(systemClock(), 8, { identity: { id: 'swap' }, points: [output('light', false)] });
    rig.usb.plug('ttyUSB8', board);
    const shown = () => {
      const devices = page.ofType('panel.devices').at(-1)?.['devices'] as JsonObject[];
      return devices.find(({ id }) => id === 'swap')?.['manifest'];
    };
    await eventually(shown).toEqual(expect.any(String));
    const manifest = shown();
    Object.assign(board, { points: [output('laser', false)] });
    board.reset();
    await eventually(() => store.point('swap', 'laser')?.spec.id).toBe('laser');
    await eventually(() => fleet.devices.get('swap')?.state).toBe('live');
    const consent = (to: object) => page.ask('panel.approve', { device: 'swap', ...to });
    expect(await consent({ manifest })).toMatchObject({ ok: false, message: expect.stringContaining('shown') });
    expect(await consent({})).toMatchObject({ ok: false });
    expect(fleet.devices.get('swap')?.approved).toBe(false);
    await eventually(shown).toBe(fleet.devices.get('swap')?.identity?.manifest);
    expect(await consent({ manifest: shown() })).toMatchObject({ ok: true });
  });

  it('does not get it before it has described what it has', async () => {
    const { rig } = scene();
    const { store, fleet } = rig.bridge;
    const board = new Reticent(systemClock(), 11, { identity: { id: 'sly' }, points: [output('laser', false)] });
    rig.usb.plug('ttyUSB11', board);
    await eventually(() => fleet.devices.get('sly')?.state).toBe('connecting');
    const approve = { op: 'approve', device: 'sly' } as const;
    expect(await askControl(rig.control, approve)).toMatchObject({
      ok: false,
      message: expect.stringContaining('yet'),
    });
    board.talks = true;
    await eventually(() => store.health('sly')).toBe('unapproved');
    expect(await askControl(rig.control, approve)).toMatchObject({ ok: true });
  });

  it('takes no place from others, whatever it has called itself', async () => {
    const { rig } = scene();
    const { store, fleet } = rig.bridge;
    const names = Array.from({ length: 32 }, (_, n) => `name${n}`);
    for (const [n, id] of names.entries()) {
      rig.usb.plug(`ttyUSB${100 + n}`, new BoardSimulator(systemClock(), n, { identity: { id } }));
    }
    const places = () => store.devices().filter((id) => fleet.devices.get(id)?.kind === 'board');
    await eventually(() => places().length).toBe(32);
    for (const n of names.keys()) rig.usb.pull(`ttyUSB${100 + n}`);
    rig.usb.plug('ttyUSB9', new BoardSimulator(systemClock(), 9, { identity: { id: 'honest' } }));
    await eventually(() => store.health('honest')).toBe('unapproved');
    expect(places()).toHaveLength(32);
  });
});
