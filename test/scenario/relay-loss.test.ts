import { describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.js';
import { connectPhone } from '../support/phone.js';
import { forEachRelay, type MakeRelay } from '../support/relays.js';
import { Rig, says } from '../support/rig.js';

forEachRelay((_name, make) => {
  describe('a relay that is killed', () => {
    it('has the bridge back within 2 s of its return, a full state first', async () => {
      const rig = await Rig.open(make);
      const phone = await rig.phone();
      await phone.waitFor(says('shed', 'pump', false), 8_000);
      await rig.relay.kill();
      await phone.closed;
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      const again = await make({ port: rig.relay.port });
      const returnedAt = performance.now();
      const second = await connectPhone({ url: again.url, name: 'bert', channel: 'lab' });
      const first = await second.waitFor((frame) => '_src' in frame, 4_000);
      expect(performance.now() - returnedAt).toBeLessThan(2_000);
      expect(first).toMatchObject({ msg_type: 'rig.state', _full: true, shed: { pump: false } });
      const id = second.command({ msg_type: 'rig.cmd', dev: 'shed', point: 'pump', value: true });
      expect(await second.waitFor((frame) => frame['cmd_id'] === id)).toMatchObject({ ok: true });
      await second.close();
      await rig.close();
    });

    it('half open, is noticed and left', async () => {
      const rig = await Rig.open(make);
      const phone = await rig.phone();
      await phone.waitFor(says('shed', 'pump', false), 8_000);
      rig.relay.freeze();
      const frozenAt = performance.now();
      while (rig.bridge.mesh.ready && performance.now() - frozenAt < 8_000) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(rig.bridge.mesh.ready).toBe(false);
      expect(performance.now() - frozenAt).toBeLessThan(7_500);
      rig.relay.thaw();
      await rig.close();
    });
  });
});

it('a relay that is not there from the start is as good as lost: what is on goes off', async () => {
  const nobody: MakeRelay = async () => ({
    url: 'ws://127.0.0.1:9',
    port: 9,
    counters: {},
    stop: async () => {},
    kill: async () => {},
    freeze: () => {},
    thaw: () => {},
  });
  const rig = await Rig.open(nobody, { config: { safety: { relayGrace: '3s' } } });
  const pump = () => rig.bridge.store.said('shed', 'pump');
  await eventually(pump).toBe(false);
  const wish = { device: 'shed', point: 'pump', value: true, from: 'panel', size: 10, via: 'local' } as const;
  expect(await rig.bridge.router.execute(wish)).toMatchObject({ ok: true });
  await eventually(pump).toBe(false);
  await rig.close();
});
