import { describe, expect, it, vi } from 'vitest';
import type { EstopSource } from '../../src/action/estop.js';
import { watchEstopSources } from '../../src/action/estop-sources.js';
import type { OutputPointOptions } from '../../src/device/output-options.js';
import type { PointSpec } from '../../src/device/point.js';
import { BridgeError } from '../../src/error.js';
import { fresh, openDesk, POINTS } from '../support/command-desk.js';
import { DesiredInMemory } from '../support/desired-in-memory.js';
import type { WrittenReadings } from '../support/reading-rules.js';
import { ScriptedDevice } from '../support/scripted-device.js';
import { watched } from '../support/watched-desk.js';

describe('when the relay is lost', () => {
  const rules = { valve: { onRelayLost: 'hold' }, fan: { onRelayLost: 'restore' } } as const;

  it('outputs go where their owners want them after a while, and come back where that is wanted', async () => {
    const desk = await watched(rules);
    desk.tap('pump', true);
    await desk.clock.advance(50);
    desk.tap('pump', false);
    desk.tap('valve', true);
    desk.tap('fan', 50);
    desk.tap('dim', 5);
    await desk.clock.advance(100);
    const outputs = () => ['valve', 'fan', 'dim'].map((id) => desk.board.outputs.get(id));
    desk.relay.down();
    desk.relay.down();
    await desk.clock.advance(9_900);
    expect(outputs()).toEqual([true, 50, 5]);
    await desk.clock.advance(200);
    expect(outputs()).toEqual([true, 0, 0]);
    desk.relay.up();
    await desk.clock.advance(100);
    expect(outputs()).toEqual([true, 50, 0]);
    await desk.close();
  });

  it('and is back soon, nothing happens', async () => {
    const desk = await watched(rules);
    desk.tap('dim', 5);
    desk.relay.down();
    await desk.clock.advance(9_900);
    desk.relay.up();
    await desk.clock.advance(20_000);
    expect(desk.board.outputs.get('dim')).toBe(5);
    await desk.close();
  });

  it('what is safe while it is on is told so once', async () => {
    const points = [{ id: 'fridge', role: 'actuator', type: 'boolean', safe: true } as const];
    const desk = await watched({}, undefined, { points, interlocks: [] });
    desk.tap('fridge', false);
    await desk.clock.advance(100);
    desk.board.told.length = 0;
    desk.relay.down();
    await desk.clock.advance(60_000);
    expect(desk.board.told).toMatchObject([{ point: 'fridge', value: true }]);
    await desk.close();
  });

  it('a wish that is about to come back does not overrule whoever wants something else', async () => {
    const desk = await watched(rules);
    desk.tap('fan', 50);
    await desk.clock.advance(100);
    desk.relay.down();
    await desk.clock.advance(10_500);
    // The panel still works.
    desk.tap('fan', 70, { _from: 'panel' });
    await desk.clock.advance(500);
    desk.relay.up();
    await desk.clock.advance(2_000);
    desk.tap('fan', 0);
    await desk.clock.advance(15_000);
    expect(desk.board.outputs.get('fan')).toBe(0);
    await desk.close();
  });

  it('nothing comes back before it is there again, also where a device is back sooner', async () => {
    const both = { onRelayLost: 'restore', onDeviceLost: 'restore' } as const;
    const desk = await watched({ pump: both, fan: { onDeviceLost: 'restore', onRelayLost: 'hold' } });
    desk.tap('pump', true);
    desk.tap('fan', 50);
    await desk.clock.advance(100);
    desk.relay.down();
    await desk.clock.advance(10_500);
    await desk.lose();
    expect([desk.board.outputs.get('pump'), desk.board.outputs.get('fan')]).toEqual([false, 50]);
    desk.relay.up();
    await desk.clock.advance(100);
    expect(desk.board.outputs.get('pump')).toBe(true);
    await desk.close();
  });

  /** The relay is lost, then comes a device whose outputs are on, which says so after `late` milliseconds. */
  async function foundOn(rules: Record<string, OutputPointOptions>, late = 0, desired = new DesiredInMemory()) {
    const away = vi
      .spyOn(ScriptedDevice.prototype, 'connect')
      .mockRejectedValue(new BridgeError('port/missing', 'gone'));
    const found = { pump: true, valve: true, fan: 50 };
    const desk = await watched(rules, desired, { found, interlocks: [] });
    desk.relay.down();
    await desk.clock.advance(20_000);
    away.mockRestore();
    const { board } = desk;
    board.readsBack = late === 0;
    for (let waited = 0; desk.device.state !== 'live' && waited < 6_000; waited += 50) await desk.clock.advance(50);
    await desk.clock.advance(late);
    board.say();
    await desk.clock.advance(2_000);
    return desk;
  }

  it.each([0, 500])('that holds also for what is found on later, which says so after %i ms', async (late) => {
    const hold = { onBoot: 'hold' } as const;
    const desired = new DesiredInMemory();
    desired.note('shed.fan', 70);
    const desk = await foundOn(
      { pump: hold, valve: { ...hold, onRelayLost: 'hold' }, fan: { ...hold, onRelayLost: 'restore' } },
      late,
      desired,
    );
    const outputs = () => ['pump', 'valve', 'fan'].map((id) => desk.board.outputs.get(id));
    expect(outputs()).toEqual([false, true, 0]);
    desk.relay.up();
    await desk.clock.advance(100);
    expect(outputs()).toEqual([false, true, 70]);
    await desk.lose();
    desk.tap('pump', true);
    await desk.clock.advance(3_000);
    expect(desk.board.outputs.get('pump')).toBe(true);
    await desk.close();
  });

  it('what is found at its safe value later is told nothing', async () => {
    const desk = await foundOn({ dim: { onBoot: 'hold' } });
    expect(desk.board.told.filter(({ point }) => point === 'dim')).toEqual([]);
    await desk.close();
  });
});

describe('when a device is lost', () => {
  const rules = { pump: { onDeviceLost: 'restore' }, fan: { onDeviceLost: 'hold' } } as const;

  it('its outputs are safe, as they are found, or what was wished last', async () => {
    const desk = await watched(rules);
    desk.tap('pump', true);
    desk.tap('fan', 50);
    desk.tap('dim', 5);
    await desk.clock.advance(100);
    desk.board.told.length = 0;
    await desk.lose();
    const told = (id: string) => desk.board.told.filter(({ point }) => point === id).map(({ value }) => value);
    expect([told('pump'), told('fan'), told('dim')]).toEqual([[false, true], [], [0]]);
    expect(desk.board.outputs.get('fan')).toBe(50);
    await desk.close();
  });

  it('nothing comes back that an emergency stop ended, that ran out, or that was a pulse', async () => {
    const desk = await watched({ pump: { onDeviceLost: 'restore', maxOn: 2_000 }, valve: { onDeviceLost: 'restore' } });
    desk.tap('pump', true);
    desk.tap('valve', undefined, { pulse_ms: 20_000 });
    await desk.clock.advance(3_000);
    await desk.lose();
    expect([desk.board.outputs.get('pump'), desk.board.outputs.get('valve')]).toEqual([false, false]);
    desk.tap('pump', true);
    await desk.clock.advance(100);
    await desk.router.emergencyStop('anna');
    desk.router.releaseStop('anna');
    await desk.lose();
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('nothing comes back past a rule: not while an emergency stop is latched', async () => {
    const desk = await watched(rules);
    desk.tap('pump', true);
    await desk.clock.advance(100);
    desk.board.unreachable = new Error('away');
    desk.board.io?.lost('pulled');
    await desk.clock.advance(100);
    await desk.router.emergencyStop('anna');
    desk.desired.note('shed.pump', true);
    desk.board.unreachable = undefined;
    await desk.clock.advance(10_000);
    expect(desk.device.state).toBe('live');
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('nothing comes back that somebody wanted off, though the device did not obey', async () => {
    const desk = await watched(rules);
    desk.tap('pump', true);
    await desk.clock.advance(100);
    desk.board.manner = 'silent';
    desk.tap('pump', false);
    await desk.clock.advance(2_000);
    desk.board.manner = 'obeys';
    await desk.lose();
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('nothing comes back that was wanted off while it was away, or while it was on its way', async () => {
    const desk = await watched(rules);
    const offAway = async () => {
      desk.tap('pump', true);
      await desk.clock.advance(100);
      desk.board.io?.lost('pulled');
      await desk.clock.advance(1);
      const off = desk.tap('pump', false);
      await desk.clock.advance(5_000);
      expect(desk.ackOf(off)).toMatchObject({ ok: false, code: 'offline' });
    };
    const offAfterOn = async () => {
      desk.board.manner = 'late';
      desk.tap('pump', true);
      await desk.clock.advance(10);
      desk.board.manner = 'silent';
      desk.tap('pump', false);
      await desk.clock.advance(1_000);
      desk.board.manner = 'obeys';
      await desk.lose();
    };
    for (const happens of [offAway, offAfterOn]) {
      await happens();
      expect(desk.board.outputs.get('pump')).toBe(false);
    }
    await desk.close();
  });

  it('again and again, what was wished comes back each time', async () => {
    const desk = await watched(rules);
    desk.tap('pump', true);
    for (let i = 0; i < 8; i++) {
      desk.board.io?.fail('device/lost', 'reset');
      await desk.clock.advance(7_000);
    }
    expect(desk.store.health('shed')).toBe('degraded');
    expect(desk.board.outputs.get('pump')).toBe(true);
    await desk.close();
  });

  it('what comes back waits for its shortest time off', async () => {
    const desired = new DesiredInMemory();
    desired.note('shed.pump', true);
    const desk = await watched({ pump: { onBoot: 'restore', minOff: 10_000 } }, desired);
    await desk.clock.advance(6_000);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.clock.advance(2_000);
    expect(desk.board.outputs.get('pump')).toBe(true);
    await desk.close();
  });
});

describe('an emergency stop that a device missed', () => {
  it('puts its outputs to their safe values when it is back, though the stop was reset meanwhile', async () => {
    const desk = await watched(
      { pump: { onDeviceLost: 'hold' }, valve: { onDeviceLost: 'hold', lease: 60_000 } },
      undefined,
      {
        interlocks: [],
      },
    );
    desk.tap('pump', true);
    desk.tap('valve', true);
    await desk.clock.advance(100);
    desk.board.unreachable = new Error('away');
    desk.board.io?.lost('pulled');
    await desk.clock.advance(100);
    void desk.router.emergencyStop('anna');
    await desk.clock.advance(2_000);
    desk.router.releaseStop('anna');
    desk.board.unreachable = undefined;
    await desk.clock.advance(10_000);
    expect(desk.device.state).toBe('live');
    expect([desk.board.outputs.get('pump'), desk.board.outputs.get('valve')]).toEqual([false, false]);
    // Once only: the next loss is a loss like any other.
    desk.tap('pump', true);
    await desk.clock.advance(100);
    await desk.lose();
    expect(desk.board.outputs.get('pump')).toBe(true);
    await desk.close();
  });

  it('holds back what was lost after it was seen safe, until it is seen so again', async () => {
    const desk = await watched({});
    void desk.router.emergencyStop('anna');
    await desk.clock.advance(100);
    expect(desk.estop.isArmed('shed', 'pump')).toBe(true);
    desk.board.unreachable = new Error('away');
    desk.board.io?.lost('pulled');
    await desk.clock.advance(100);
    expect(desk.estop.isArmed('shed', 'pump')).toBe(false);
    desk.board.unreachable = undefined;
    await desk.clock.advance(10_000);
    expect(desk.device.state).toBe('live');
    expect(desk.estop.isArmed('shed', 'pump')).toBe(true);
    await desk.close();
  });

  it('holds nothing back that has no safe value any more, as after a reload', async () => {
    const desk = await watched({});
    desk.tap('mode', 'auto');
    await desk.clock.advance(100);
    desk.board.manner = 'refuses';
    void desk.router.emergencyStop('anna');
    await desk.clock.advance(100);
    desk.router.releaseStop('anna');
    expect(desk.estop.isArmed('shed', 'mode')).toBe(false);
    desk.board.io?.describe(
      POINTS.map(({ safe, ...point }) => (point.id === 'mode' ? point : { ...point, safe })) as PointSpec[],
    );
    expect(desk.estop.isArmed('shed', 'mode')).toBe(true);
    await desk.close();
  });

  it('counts also where the device was not there yet, and the stop was latched before the start', async () => {
    const desk = await openDesk({
      memory: fresh(true),
      found: { pump: true },
      rules: { pump: { onBoot: 'hold' } },
      built: ({ router }) => router.releaseStop('anna'),
    });
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });
});

describe('when the bridge starts', () => {
  it('outputs are safe, as they are found, or what was wished before', async () => {
    const desired = new DesiredInMemory();
    desired.note('shed.pump', true);
    desired.note('shed.dim', 7);
    const found = { fan: 40, dim: 6 };
    const desk = await watched({ pump: { onBoot: 'restore' }, fan: { onBoot: 'hold' } }, desired, { found });
    const outputs = Object.fromEntries(desk.board.outputs);
    expect(outputs).toMatchObject({ pump: true, dim: 0, fan: 40 });
    // The loss of a device is another question.
    await desk.lose();
    expect(Object.fromEntries(desk.board.outputs)).toMatchObject({ pump: false, dim: 0, fan: 0 });
    await desk.close();
  });
});

describe('a source of the emergency stop', () => {
  const sources = [
    { device: 'shed', point: 'door' },
    { device: 'shed', point: 'button' },
  ];

  async function guarded(watched: readonly EstopSource[] = sources, readings: WrittenReadings = {}) {
    const desk = await openDesk({ estop: watched, readings });
    const { board } = desk;
    board.io?.describe([
      ...board.points,
      { id: 'door', role: 'sensor', type: 'boolean' },
      { id: 'button', role: 'event', type: 'string' },
      { id: 'bell', role: 'event', type: 'string' },
    ]);
    const unwatch = watchEstopSources(desk.estop, desk.store, (by) => void desk.router.emergencyStop(by));
    const door = (value: boolean | null) => board.io?.report([{ point: 'door', value }]);
    return { ...desk, door, unwatch };
  }

  it('stops everything in the same moment, and holds the reset until it is released', async () => {
    const desk = await guarded();
    desk.door(false);
    desk.tap('pump', true);
    desk.tap('fan', 50);
    await desk.clock.advance(100);
    desk.board.told.length = 0;
    desk.door(true);
    // No time passes between the word and the commands.
    await desk.clock.advance(0);
    expect(desk.board.told.map(({ point, value }) => [point, value])).toContainEqual(['pump', false]);
    expect(desk.board.outputs.get('fan')).toBe(0);
    desk.router.handle({ msg_type: 'home.estop_reset', _cmd: 'reset-1', _from: 'phone' }, false);
    await desk.clock.advance(10);
    expect(desk.ackOf('reset-1')).toMatchObject({ ok: false, code: 'estop', message: 'shed.door is pressed' });
    desk.door(false);
    desk.router.handle({ msg_type: 'home.estop_reset', _cmd: 'reset-2', _from: 'phone' }, false);
    await desk.clock.advance(10);
    expect(desk.ackOf('reset-2')).toMatchObject({ ok: true });
    desk.unwatch();
    await desk.close();
  });

  it('that falls silent stops everything; while it was never known nothing is switched on', async () => {
    const desk = await guarded();
    const early = desk.tap('pump', true);
    const safe = desk.tap('fan', 0);
    await desk.clock.advance(100);
    expect(desk.ackOf(early)).toMatchObject({ code: 'estop', message: 'nobody knows whether shed.door is pressed' });
    expect(desk.ackOf(safe)).toMatchObject({ ok: true });
    desk.door(false);
    desk.tap('pump', true);
    await desk.clock.advance(100);
    expect(desk.board.outputs.get('pump')).toBe(true);
    desk.door(null);
    await desk.clock.advance(0);
    expect(desk.board.outputs.get('pump')).toBe(false);
    expect(desk.estop.latched).toBe(true);
    desk.unwatch();
    await desk.close();
  });

  it('is lost when its device says nothing any more, and nothing is switched on until it does', async () => {
    const desk = await guarded();
    desk.door(false);
    desk.tap('pump', true);
    await desk.clock.advance(100);
    expect(desk.board.outputs.get('pump')).toBe(true);
    desk.store.stale('shed');
    await desk.clock.advance(0);
    expect(desk.board.outputs.get('pump')).toBe(false);
    expect(desk.ofType('home.log').map((frame) => (frame['entry'] as { text: string }).text)).toContain(
      'EMERGENCY STOP by the loss of shed.door',
    );
    const reset = () => desk.router.handle({ msg_type: 'home.estop_reset', _cmd: 'r', _from: 'phone' }, false);
    reset();
    await desk.clock.advance(10);
    expect(desk.estop.latched).toBe(true);
    desk.store.fresh('shed');
    reset();
    await desk.clock.advance(10);
    expect(desk.estop.latched).toBe(false);
    desk.unwatch();
    await desk.close();
  });

  it('is lost where a board that its owner does not know says that it is released', async () => {
    const desk = await guarded();
    desk.door(false);
    await desk.clock.advance(100);
    desk.store.setHealth('shed', 'unapproved');
    expect(desk.estop.latched).toBe(true);
    expect(desk.estop.hindrance).toBe('nobody knows whether shed.door is pressed');
    desk.door(true);
    expect(desk.estop.hindrance).toBe('shed.door is pressed');
    desk.unwatch();
    await desk.close();
  });

  it('is lost with the point itself, where its board describes itself anew without it', async () => {
    const desk = await guarded();
    desk.door(false);
    await desk.clock.advance(100);
    desk.board.io?.describe(desk.board.points);
    expect(desk.estop.latched).toBe(true);
    desk.unwatch();
    await desk.close();
  });

  it('is lost with the board of a button, which presses and hinders like an input', async () => {
    const desk = await guarded([{ device: 'shed', point: 'button' }]);
    expect(desk.estop.hindrance).toBeUndefined();
    desk.board.io?.lost('pulled');
    await desk.clock.advance(10);
    expect(desk.estop.latched).toBe(true);
    expect(desk.estop.hindrance).toBe('nobody knows whether shed.button is pressed');
    desk.unwatch();
    await desk.close();
  });

  it('may be a number or a word, and hinders for what it could never say', async () => {
    const desk = await guarded([{ device: 'shed', point: 'temp', when: 5 }]);
    desk.board.io?.report([{ point: 'temp', value: 4 }]);
    expect([desk.estop.hindrance, desk.estop.latched]).toEqual([undefined, false]);
    desk.board.io?.report([{ point: 'temp', value: 5 }]);
    expect([desk.estop.hindrance, desk.estop.latched]).toEqual(['shed.temp is pressed', true]);
    desk.unwatch();
    await desk.close();
    const wrong = await guarded([{ device: 'shed', point: 'temp' }]);
    wrong.board.io?.report([{ point: 'temp', value: 1 }]);
    expect(wrong.estop.hindrance).toBe('no emergency stop: `shed.temp` is a number and never `true`');
    wrong.unwatch();
    await wrong.close();
  });

  it('presses in the same moment behind the filters that it may have, and by its own silence', async () => {
    const desk = await guarded([{ device: 'shed', point: 'door' }], {
      door: { filters: [{ invert: true }, { timeout: '2s' }] },
    });
    desk.door(true);
    await desk.clock.advance(1_000);
    expect(desk.estop.hindrance).toBeUndefined();
    desk.door(false);
    expect([desk.estop.hindrance, desk.estop.latched]).toEqual(['shed.door is pressed', true]);
    desk.door(true);
    desk.router.releaseStop('anna');
    await desk.clock.advance(1_999);
    expect(desk.estop.latched).toBe(false);
    await desk.clock.advance(1);
    expect(desk.estop.latched).toBe(true);
    desk.unwatch();
    await desk.close();
  });

  it('may be an event, such as a button that is pressed', async () => {
    const desk = await guarded();
    desk.door(false);
    desk.board.io?.event({ point: 'button', event: 'released' });
    await desk.clock.advance(0);
    expect(desk.estop.latched).toBe(false);
    desk.board.io?.event({ point: 'button', event: 'pressed' });
    await desk.clock.advance(0);
    expect(desk.estop.latched).toBe(true);
    desk.unwatch();
    await desk.close();
  });

  it('presses also where its press got lost on the line, and is betrayed by its count', async () => {
    const desk = await guarded([{ device: 'shed', point: 'button' }]);
    desk.board.io?.event({ point: 'bell', event: 'gap', count: 1 });
    expect(desk.estop.latched).toBe(false);
    // What the drivers of boards and pins say of events that were lost, whatever those were.
    desk.board.io?.event({ point: 'button', event: 'gap', count: 1 });
    expect(desk.estop.latched).toBe(true);
    desk.unwatch();
    await desk.close();
  });
});
