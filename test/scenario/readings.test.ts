import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { forEachRelay } from '../support/relays.js';
import { Rig, says } from '../support/rig.js';

const METER = {
  driver: 'lines',
  boot: '0ms',
  points: {
    temp: { from: 'Temp C', unit: '°C', min: -40, max: 85, filters: [{ median: 5 }, { delta: 0.1 }] },
    hum: { unit: '%', publish: { deadband: 5, maxWait: '1s' } },
    door: { type: 'boolean', filters: [{ invert: true }, { delayed_on: '300ms' }], publish: { immediate: true } },
  },
};

forEachRelay((_name, make) => {
  describe('readings on their way to a phone', () => {
    it('pass filters and policies, and make derived points', async () => {
      const rig = await Rig.open(make, {
        devices: { meter: METER },
        config: { derived: { feels: { formula: 'meter.temp + meter.hum / 10', unit: '°C' } } },
      });
      const phone = await rig.phone();
      const board = rig.board('meter');
      board.simulator.silent();
      const { store } = rig.bridge;
      await eventually(() => store.health('meter')).toBe('online');
      // The simulated sketch has spoken before it fell silent; a restart of the filters takes that away.
      board.say('Temp C: nan\nhum: nan\ndoor: nan\n');
      const heard = () => rig.bridge.fleet.devices.get('meter')?.counters;
      await eventually(() => (heard()?.lines ?? 0) + (heard()?.partial ?? 0)).toBeGreaterThanOrEqual(3);
      await eventually(() => store.point('derived', 'feels')?.value).toBeNull();

      for (const temp of [20, 20.02, 85, 20.04]) board.say(`Temp C: ${temp}\nhum: 40\ndoor: 1\n`);
      await phone.waitFor(says('derived', 'feels', 24));
      await phone.waitFor(says('meter', 'door', false));
      expect(store.point('meter', 'temp')).toMatchObject({ value: 20, quality: 'good' });
      expect(phone.broadcasts.some(says('meter', 'temp', 85))).toBe(false);

      board.say('hum: 42\ndoor: 0\n');
      await phone.waitFor(says('meter', 'door', true));
      expect(phone.broadcasts.some(says('meter', 'hum', 42))).toBe(false);
      await phone.waitFor(says('meter', 'hum', 42));

      const id = phone.command({ msg_type: 'rig.cmd', dev: 'derived', point: 'feels', value: 1 });
      const ack = await phone.waitFor((frame) => frame['msg_type'] === 'command_ack' && frame['cmd_id'] === id);
      expect(ack).toMatchObject({ ok: false, code: 'read_only' });

      const nulls = () => phone.broadcasts.filter(says('derived', 'feels', null)).length;
      const before = nulls();
      board.pull();
      await eventually(nulls).toBeGreaterThan(before);
      await eventually(() => store.point('meter', 'temp')).toMatchObject({ value: null, quality: 'unknown' });
      await rig.close();
    });
  });
});
