import { describe, expect, it } from 'vitest';
import { forEachRelay } from '../support/relays.js';
import { Rig, type RigBoard, SKETCH, says } from '../support/rig.js';

/** Bytes that are in use after everything that can be freed was; buffers are freed a moment after their collection. */
async function retained(): Promise<number> {
  if (!global.gc) throw new Error('run with --expose-gc');
  for (let i = 0; i < 3; i++) {
    global.gc();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Bytes of a flood long enough to tell whether any of it is kept. */
const ENOUGH = 32 * 1024 * 1024;

/** Sends bytes without a newline as fast as they are taken. */
class Flood {
  /** Bytes that went into the cable. */
  sent = 0;
  private readonly chunk = 'x'.repeat(64 * 1024);
  private timer: NodeJS.Timeout;

  constructor(board: RigBoard) {
    this.timer = setInterval(() => {
      while (this.sent < 100 * ENOUGH && board.say(this.chunk)) this.sent += this.chunk.length;
    }, 2);
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

forEachRelay((_name, make) => {
  describe('a board that floods without a newline', () => {
    it('troubles nobody else, and memory stays flat', async () => {
      const rig = await Rig.open(make, { devices: { shed: SKETCH, wild: SKETCH } });
      const phone = await rig.phone();
      await phone.waitFor(says('shed', 'pump', false), 8_000);
      const wild = rig.board('wild');
      const before = await retained();
      const counted = phone.broadcasts.length;
      const flood = new Flood(wild);
      const answers: number[] = [];
      for (let i = 0; i < 10 || flood.sent < ENOUGH; i++) {
        const began = performance.now();
        const id = phone.command({ msg_type: 'rig.cmd', dev: 'shed', point: 'pump', value: i % 2 === 0 });
        const ack = await phone.waitFor((frame) => frame['cmd_id'] === id);
        expect(ack).toMatchObject({ ok: true });
        answers.push(performance.now() - began);
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
      flood.stop();
      const fresh = phone.broadcasts.slice(counted).filter(says('shed', 'temp'));
      expect(fresh.length).toBeGreaterThan(1);
      answers.sort((a, b) => a - b);
      expect(answers[5]).toBeLessThan(100);
      // What the test itself keeps is the phone's frames and the cable's queue of 1 MiB.
      const grown = (await retained()) - before;
      expect(grown).toBeLessThan(ENOUGH / 4);
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
