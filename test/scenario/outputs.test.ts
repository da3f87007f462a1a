import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/mesh/frame.js';
import { eventually } from '../support/eventually.js';
import type { Phone } from '../support/phone.js';
import { forEachRelay } from '../support/relays.js';
import { Rig, SKETCH, says } from '../support/rig.js';

/** A sketch whose pump may run for a short time, and whose fan changes slowly. */
const SHED = {
  ...SKETCH,
  points: {
    ...SKETCH.points,
    pump: { ...SKETCH.points.pump, maxOn: '700ms', minOff: '400ms' },
    fan: { ...SKETCH.points.fan, slew: 100 },
  },
};
const BARN = { ...SKETCH, points: { ...SKETCH.points, pump: { ...SKETCH.points.pump, onDeviceLost: 'restore' } } };
/** A button that stops everything; it says what the test wants. */
const PANIC = { driver: 'lines', boot: '100ms', format: 'keyvalue', points: { stop: { type: 'boolean' } } };
const SILENT = { plug: () => {}, unplug: () => {} };
const SAFETY = { interlocks: [{ outputs: ['shed.fan', 'barn.fan'], deadTime: '300ms' }], estop: ['panic.stop'] };

const cmd = (dev: string, point: string, value: unknown): JsonObject => ({ msg_type: 'rig.cmd', dev, point, value });

async function answered(phone: Phone, frame: JsonObject): Promise<JsonObject> {
  const id = phone.command(frame);
  return await phone.waitFor((ack) => ack['msg_type'] === 'command_ack' && ack['cmd_id'] === id, 5_000);
}

forEachRelay((_name, make) => {
  describe('outputs with rules, over real ports', () => {
    it('keep to their times, to each other, to the emergency stop, and come back where their owner wants it', async () => {
      const rig = await Rig.open(make, {
        devices: { shed: SHED, barn: BARN, panic: PANIC },
        boards: { panic: SILENT },
        config: { safety: SAFETY },
      });
      const phone = await rig.phone('anna');
      const output = (id: string, point: string) => rig.board(id).simulator.output(point);
      const tap = (dev: string, point: string, value: unknown) => answered(phone, cmd(dev, point, value));
      for (const id of ['shed', 'barn', 'panic']) await eventually(() => rig.bridge.store.health(id)).toBe('online');
      // A stop that nobody has heard of holds everything.
      expect(await tap('barn', 'pump', true)).toMatchObject({ ok: false, code: 'estop' });
      rig.board('panic').say('stop=0\n');
      await phone.waitFor(says('panic', 'stop', false));
      await eventually(async () => (await tap('shed', 'pump', true))['ok']).toBe(true);
      await eventually(() => output('shed', 'pump')).toBe(false);

      expect(await tap('shed', 'fan', 40)).toMatchObject({ ok: true });
      expect(await tap('barn', 'fan', 10)).toMatchObject({ ok: false, code: 'interlock' });
      await eventually(() => output('shed', 'fan')).toBe(40);
      expect(await tap('shed', 'fan', 0)).toMatchObject({ ok: true, value: 0 });
      // What is left of the dead time is waited for.
      expect(await tap('barn', 'fan', 10)).toMatchObject({ ok: true, value: 10 });

      expect(await tap('barn', 'pump', true)).toMatchObject({ ok: true });
      rig.board('barn').pull();
      await eventually(() => rig.bridge.store.health('barn')).toBe('offline');
      rig.board('barn').plug();
      await eventually(() => rig.bridge.store.point('barn', 'pump')?.value).toBe(true);
      expect(output('barn', 'fan')).toBe(0);

      rig.board('panic').say('stop=1\n');
      await eventually(() => output('barn', 'pump')).toBe(false);
      expect(await tap('barn', 'pump', true)).toMatchObject({ ok: false, code: 'estop' });
      expect(await answered(phone, { msg_type: 'rig.estop_reset' })).toMatchObject({ ok: false, code: 'estop' });
      rig.board('panic').say('stop=0\n');
      await eventually(() => rig.bridge.store.point('panic', 'stop')?.value).toBe(false);
      expect(await answered(phone, { msg_type: 'rig.estop_reset' })).toMatchObject({ ok: true });
      expect(await tap('barn', 'pump', true)).toMatchObject({ ok: true });
      await rig.close();
    }, 30_000);

    it('of a bridge that lost its relay go safe', async () => {
      const rig = await Rig.open(make, { config: { safety: { relayGrace: '300ms' } } });
      const phone = await rig.phone('anna');
      await eventually(() => rig.bridge.store.health('shed')).toBe('online');
      expect(await answered(phone, cmd('shed', 'pump', true))).toMatchObject({ ok: true });
      await rig.relay.stop();
      await eventually(() => rig.board().simulator.output('pump')).toBe(false);
      await rig.close();
    }, 20_000);
  });
});
