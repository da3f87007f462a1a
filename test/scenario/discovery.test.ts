import { describe, expect, it } from 'vitest';
import { DEFAULT_POINTS } from '../../devices/board/default-board.js';
import { BoardSimulator } from '../../devices/board/simulator.js';
import { askControl } from '../../src/control/client.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { systemClock } from '../../src/system-clock.js';
import type { Phone } from '../support/phone.js';
import { forEachRelay } from '../support/relays.js';
import { Rig } from '../support/rig.js';

const board = (id: string, seed = 1) => new BoardSimulator(systemClock(), seed, { identity: { id } });

/** A state frame in which a device says its temperature as a number. */
const speaks = (device: string) => (frame: JsonObject) =>
  frame['msg_type'] === 'rig.state' && typeof (frame[device] as JsonObject | undefined)?.['temp'] === 'number';

const health = (device: string, word: string) => (frame: JsonObject) =>
  frame['msg_type'] === 'rig.health' && frame[device] === word;

async function tap(phone: Phone, dev: string, value: boolean): Promise<JsonObject> {
  const id = phone.command({ msg_type: 'rig.cmd', dev, point: 'pump', value });
  return await phone.waitFor((frame) => frame['cmd_id'] === id);
}

forEachRelay((_name, make) => {
  describe('a board that is plugged in', () => {
    it('is on the phone within a second, with its controls, and can be switched once it is approved', async () => {
      const rig = await Rig.open(make, { devices: {} });
      const phone = await rig.phone();
      const plugged = performance.now();
      rig.usb.plug('ttyUSB0', board('uno'));
      await phone.waitFor(speaks('uno'), 3_000);
      const deck = await phone.waitFor(
        (frame) => frame['msg_type'] === 'rig.devices' && JSON.stringify(frame).includes('dyn-uno-pump'),
        1_000,
      );
      expect(performance.now() - plugged).toBeLessThan(1_500);
      expect(deck['children']).toMatchObject([{ type: 'group', id: 'dyn-uno' }]);
      await phone.waitFor(health('uno', 'unapproved'));
      expect(await tap(phone, 'uno', true)).toMatchObject({ ok: false, code: 'unapproved' });
      expect(await rig.bridge.fleet.approve('uno')).toEqual({ remembered: true });
      await phone.waitFor(health('uno', 'online'));
      expect(await tap(phone, 'uno', true)).toMatchObject({ ok: true, value: true });
      await rig.close();
    });

    it('comes back as the same device under another name, and stays approved', async () => {
      const rig = await Rig.open(make, { devices: {} });
      const phone = await rig.phone();
      rig.usb.plug('ttyUSB0', board('uno'));
      await phone.waitFor(speaks('uno'), 3_000);
      await rig.bridge.fleet.approve('uno');
      rig.usb.pull('ttyUSB0');
      await phone.waitFor(health('uno', 'offline'));
      const seen = phone.broadcasts.length;
      rig.usb.plug('ttyUSB1', board('uno'));
      const later = (wanted: (frame: JsonObject) => boolean) => (frame: JsonObject) =>
        wanted(frame) && phone.broadcasts.indexOf(frame) >= seen;
      await phone.waitFor(later(health('uno', 'online')), 3_000);
      await phone.waitFor(later(speaks('uno')));
      expect([...rig.bridge.fleet.devices.keys()]).toEqual(['uno']);
      await rig.close();
    });

    it('waits for approval again with another safe value of an output, though it is the same board', async () => {
      const rig = await Rig.open(make, { devices: {} });
      const phone = await rig.phone();
      rig.usb.plug('ttyUSB0', board('uno'));
      await phone.waitFor(speaks('uno'), 3_000);
      await rig.bridge.fleet.approve('uno');
      await phone.waitFor(health('uno', 'online'));
      rig.usb.pull('ttyUSB0');
      await phone.waitFor(health('uno', 'offline'));
      const points = DEFAULT_POINTS.map((point) => (point.id === 'pump' ? { ...point, safe: true } : point));
      const seen = phone.broadcasts.length;
      rig.usb.plug('ttyUSB0', new BoardSimulator(systemClock(), 1, { identity: { id: 'uno' }, points }));
      const again = (frame: JsonObject) =>
        health('uno', 'unapproved')(frame) && phone.broadcasts.indexOf(frame) >= seen;
      await phone.waitFor(again, 8_000);
      expect(await tap(phone, 'uno', true)).toMatchObject({ ok: false, code: 'unapproved' });
      await rig.bridge.fleet.approve('uno');
      expect(await tap(phone, 'uno', true)).toMatchObject({ ok: true, value: true });
      await rig.close();
    });

    it('can be switched at once where the command line opened a window for it, and no later', async () => {
      const rig = await Rig.open(make, { devices: {} });
      const phone = await rig.phone();
      expect(await askControl(rig.control, { op: 'approve_new', ms: 601_000 })).toMatchObject({ ok: false });
      expect(await askControl(rig.control, { op: 'approve_new', ms: 120_000 })).toMatchObject({ ok: true });
      rig.usb.plug('ttyUSB0', board('uno'));
      await phone.waitFor(health('uno', 'online'), 8_000);
      expect(await tap(phone, 'uno', true)).toMatchObject({ ok: true, value: true });
      expect(await askControl(rig.control, { op: 'approve_new', ms: 0 })).toMatchObject({ ok: true });
      rig.usb.plug('ttyUSB1', board('due', 2));
      await phone.waitFor(health('due', 'unapproved'), 8_000);
      const { commands } = await askControl(rig.control, { op: 'audit' });
      expect(commands).toContainEqual(
        expect.objectContaining({ from: 'command line', what: 'approve', wish: '"new boards for 120 s"' }),
      );
      expect(commands).toContainEqual(
        expect.objectContaining({ from: 'command line', what: 'approve', wish: '"uno"' }),
      );
      rig.usb.pull('ttyUSB1');
      await phone.waitFor(health('due', 'offline'));
      expect(await askControl(rig.control, { op: 'approve', device: 'due' })).toMatchObject({
        ok: false,
        message: expect.stringMatching(/away.*plug it in first/),
      });
      await rig.close();
    });

    it('does not pass its approval on to the board that takes its port', async () => {
      const rig = await Rig.open(make, { devices: {} });
      const phone = await rig.phone();
      rig.usb.plug('ttyUSB0', board('uno'));
      await phone.waitFor(speaks('uno'), 3_000);
      await rig.bridge.fleet.approve('uno');
      rig.usb.pull('ttyUSB0');
      rig.usb.plug('ttyUSB0', board('evil'));
      await phone.waitFor(health('evil', 'unapproved'), 8_000);
      expect(await tap(phone, 'uno', true)).toMatchObject({ ok: false, code: 'offline' });
      expect(await tap(phone, 'evil', true)).toMatchObject({ ok: false, code: 'unapproved' });
      await rig.close();
    });

    it('takes the place that the config keeps for it', async () => {
      const rig = await Rig.open(make, {
        devices: {},
        config: { devices: { barn: { driver: 'board', port: 'auto' } } },
      });
      const phone = await rig.phone();
      rig.usb.plug('ttyUSB0', board('due'));
      rig.usb.plug('ttyUSB1', board('barn', 2));
      await phone.waitFor(speaks('barn'), 3_000);
      await phone.waitFor(speaks('due'), 3_000);
      expect(await tap(phone, 'barn', true)).toMatchObject({ ok: true });
      expect(await tap(phone, 'due', true)).toMatchObject({ ok: false, code: 'unapproved' });
      await rig.close();
    });
  });
});
