import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/mesh/frame.js';
import type { Phone } from '../support/phone.js';
import { forEachRelay } from '../support/relays.js';
import { Rig, says } from '../support/rig.js';

const cmd = (point: string, value: unknown): JsonObject => ({ msg_type: 'rig.cmd', dev: 'shed', point, value });

/** Waits until the bridge is there and says values. */
async function ready(phone: Phone): Promise<void> {
  phone.send({ msg_type: 'control_sync_request', from: phone.name });
  await phone.waitFor(says('shed', 'pump', false), 8_000);
}

/** The acknowledgement of a tap, with its place among all broadcasts. */
async function ackOf(phone: Phone, id: string): Promise<{ ack: JsonObject; at: number }> {
  const ack = await phone.waitFor((frame) => frame['msg_type'] === 'command_ack' && frame['cmd_id'] === id, 4_000);
  return { ack, at: phone.broadcasts.indexOf(ack) };
}

/** Waits for a frame that came after the one at `index`. */
function later(phone: Phone, index: number, wanted: (frame: JsonObject) => boolean): Promise<JsonObject> {
  return phone.waitFor((frame) => wanted(frame) && phone.broadcasts.indexOf(frame) > index);
}

forEachRelay((_name, make) => {
  describe('from a serial line to a phone and back', () => {
    it('shows a full state, changes with their native types, a confirmed tap, and the echo to everybody', async () => {
      const rig = await Rig.open(make);
      const anna = await rig.phone('anna');
      const bert = await rig.phone('bert');
      await ready(anna);
      anna.send({ msg_type: 'control_sync_request', from: 'anna' });
      const full = await anna.waitFor((frame) => says('shed', 'pump', false)(frame) && frame['_full'] === true);
      expect(full['shed']).toMatchObject({ temp: expect.any(Number), pump: false, fan: 0 });
      const before = (full['shed'] as JsonObject)['temp'];
      const change = (frame: JsonObject) =>
        says('shed', 'temp')(frame) && frame['_full'] === false && (frame['shed'] as JsonObject)['temp'] !== before;
      const changed = await anna.waitFor(change);
      expect(typeof (changed['shed'] as JsonObject)['temp']).toBe('number');

      const id = anna.command(cmd('pump', true));
      const { ack, at } = await ackOf(anna, id);
      expect(ack).toMatchObject({ to: 'anna', ok: true, value: true });
      expect(rig.board().simulator.output('pump')).toBe(true);
      expect(anna.broadcasts.slice(0, at).some(says('shed', 'pump', true))).toBe(false);
      await later(anna, at, says('shed', 'pump', true));
      await bert.waitFor(says('shed', 'pump', true));
      expect(rig.bridge.mesh.ready).toBe(true);
      await rig.close();
    });

    it('is not acknowledged before the board’s own word', async () => {
      const rig = await Rig.open(make);
      const phone = await rig.phone();
      await ready(phone);
      rig.board().simulator.late(400);
      const began = performance.now();
      const { ack } = await ackOf(phone, phone.command(cmd('pump', true)));
      expect(ack).toMatchObject({ ok: true });
      expect(performance.now() - began).toBeGreaterThanOrEqual(390);
      await rig.close();
    });

    it.each([
      ['refuses', (rig: Rig) => rig.board().simulator.refuse(), ['mismatch']],
      ['says nothing', (rig: Rig) => rig.board().simulator.silent(), ['timeout']],
      ['lies', (rig: Rig) => rig.board().simulator.lie(), ['mismatch']],
    ])('is refused with the truth when the board %s', async (_what, misbehave, codes) => {
      const rig = await Rig.open(make);
      const phone = await rig.phone();
      await ready(phone);
      misbehave(rig);
      const began = performance.now();
      const { ack, at } = await ackOf(phone, phone.command(cmd('pump', true)));
      expect(ack).toMatchObject({ ok: false, message: expect.any(String) });
      expect(codes).toContain(ack['code']);
      expect(performance.now() - began).toBeLessThan(1_900);
      await later(phone, at, says('shed', 'pump'));
      expect(phone.broadcasts.some(says('shed', 'pump', true))).toBe(false);
      await rig.close();
    });

    it('is refused when the board resets in the middle, and the output stays safe', async () => {
      const rig = await Rig.open(make);
      const phone = await rig.phone();
      await ready(phone);
      rig.board().simulator.late(700);
      const id = phone.command(cmd('pump', true));
      await new Promise((resolve) => setTimeout(resolve, 100));
      rig.board().simulator.reset();
      const { ack, at } = await ackOf(phone, id);
      expect(ack).toMatchObject({ ok: false });
      await later(phone, at, says('shed', 'pump', false));
      expect(rig.board().simulator.output('pump')).toBe(false);
      await rig.close();
    });

    it('answers a device that is away at once', async () => {
      const rig = await Rig.open(make);
      const phone = await rig.phone();
      await ready(phone);
      rig.board().pull();
      await phone.waitFor((frame) => frame['msg_type'] === 'rig.health' && frame['shed'] === 'offline');
      const began = performance.now();
      const { ack } = await ackOf(phone, phone.command(cmd('pump', true)));
      expect(ack).toMatchObject({ ok: false, code: 'offline' });
      expect(performance.now() - began).toBeLessThan(500);
      await rig.close();
    });

    it('answers routed requests', async () => {
      const rig = await Rig.open(make);
      const phone = await rig.phone();
      await ready(phone);
      const described = await phone.request('rig', 'rig.describe');
      expect(described).toMatchObject({ ok: true, namespace: 'rig', devices: [{ id: 'shed', driver: 'lines' }] });
      expect(await phone.request('rig', 'rig.get_state')).toMatchObject({
        ok: true,
        devices: { shed: { points: { pump: { value: false, quality: 'good', age_ms: expect.any(Number) } } } },
      });
      expect(await phone.request('rig', 'rig.set', { dev: 'shed', point: 'fan', value: 40 })).toEqual({
        ok: true,
        value: 40,
      });
      expect(await phone.request('rig', 'rig.set', { dev: 'shed', point: 'fan', value: 400 })).toMatchObject({
        ok: false,
        code: 'range',
      });
      expect(await phone.request('rig', 'rig.get_history')).toMatchObject({ ok: true });
      expect(await phone.request('rig', 'rig.card', { id: 'shed' })).toMatchObject({ ok: true, title: 'shed' });
      expect(await phone.request('rig', 'rig.nonsense')).toMatchObject({ ok: false, error: 'unknown type' });
      await rig.close();
    });

    it('works with a token', async () => {
      const rig = await Rig.open(make, { token: 'secret', config: {} });
      const phone = await rig.phone();
      await ready(phone);
      const { ack } = await ackOf(phone, phone.command(cmd('pump', true)));
      expect(ack).toMatchObject({ ok: true });
      await rig.close();
    });

    it('reads but does not switch over a relay that lets anybody in', async () => {
      const open = { relay: undefined as unknown };
      const rig = await Rig.open(
        async (options) => {
          const relay = await make(options);
          open.relay = { url: relay.url, channel: 'lab' };
          return relay;
        },
        {
          config: {
            get relay() {
              return open.relay;
            },
          } as JsonObject,
        },
      );
      const phone = await rig.phone();
      await ready(phone);
      const { ack } = await ackOf(phone, phone.command(cmd('pump', true)));
      expect(ack).toMatchObject({ ok: false, code: 'open_relay' });
      expect(rig.board().simulator.output('pump')).toBe(false);
      await rig.close();
    });
  });
});
