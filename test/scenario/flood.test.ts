import { describe, expect, it } from 'vitest';
import { forEachRelay } from '../support/relays.js';
import { Rig, SKETCH, says } from '../support/rig.js';

/** Bytes that are in use after everything that can be freed was. */
function retained(): number {
  if (!global.gc) throw new Error('run with --expose-gc');
  global.gc();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

forEachRelay((_name, make) => {
  describe('a board that floods without a newline', () => {
    it('troubles nobody else, and memory stays flat', async () => {
      const rig = await Rig.open(make, { devices: { shed: SKETCH, wild: SKETCH } });
      const phone = await rig.phone();
      await phone.waitFor(says('shed', 'pump', false), 8_000);
      const chunk = 'x'.repeat(64 * 1024);
      const wild = rig.board('wild');
      let flooding = true;
      const flood = () => {
        if (!flooding) return;
        wild.say(chunk);
        setTimeout(flood, 2);
      };
      flood();
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const before = retained();
      const counted = phone.broadcasts.length;
      const answers: number[] = [];
      for (let i = 0; i < 10; i++) {
        const began = performance.now();
        const id = phone.command({ msg_type: 'rig.cmd', dev: 'shed', point: 'pump', value: i % 2 === 0 });
        const ack = await phone.waitFor((frame) => frame['cmd_id'] === id);
        expect(ack).toMatchObject({ ok: true });
        answers.push(performance.now() - began);
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      flooding = false;
      const fresh = phone.broadcasts.slice(counted).filter(says('shed', 'temp'));
      expect(fresh.length).toBeGreaterThan(1);
      answers.sort((a, b) => a - b);
      expect(answers[5]).toBeLessThan(100);
      expect(retained() - before).toBeLessThan(4 * 1024 * 1024);
      const { counters } = rig.bridge.fleet.devices.get('wild') ?? { counters: undefined };
      expect(counters?.overlong).toBeGreaterThanOrEqual(1);
      // In step again at the next newline.
      const seen = phone.broadcasts.length;
      wild.say('\n');
      await phone.waitFor((frame) => says('wild', 'temp')(frame) && phone.broadcasts.indexOf(frame) >= seen);
      await rig.close();
    });
  });
});
