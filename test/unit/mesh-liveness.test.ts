import { describe, expect, it } from 'vitest';
import { Liveness } from '../../src/mesh/client-liveness.js';
import { SleepyClock, VirtualClock } from '../support/virtual-clock.js';

function watch(clock: VirtualClock) {
  const seen = { pings: [] as number[], diedAt: -1 };
  const liveness = new Liveness({
    clock,
    ping: 2000,
    dead: 5000,
    sendPing: () => seen.pings.push(clock.now()),
    died: () => {
      seen.diedAt = clock.now();
    },
  });
  return { liveness, seen };
}

describe('liveness', () => {
  it('pings every 2 s and gives up after exactly 5 s of silence', async () => {
    const clock = new VirtualClock();
    const { liveness, seen } = watch(clock);
    await clock.advance(3300);
    liveness.sign();
    await clock.advance(60_000);
    expect(seen.diedAt).toBe(8300);
    expect(seen.pings).toEqual([2000, 4000, 6000, 8000]);
    expect(clock.timers).toBe(0);
  });

  it('lives as long as anything comes', async () => {
    const clock = new VirtualClock();
    const { liveness, seen } = watch(clock);
    for (let i = 0; i < 100; i++) {
      await clock.advance(4900);
      liveness.sign();
    }
    expect(seen.diedAt).toBe(-1);
    liveness.stop();
    expect(clock.timers).toBe(0);
  });

  it('knows how long what comes was on its way at most, by the answers to its pings', async () => {
    const clock = new SleepyClock();
    const { liveness } = watch(clock);
    await clock.advance(1900);
    expect(liveness.delayMs).toBe(1900);
    await clock.advance(150);
    liveness.pong();
    expect(liveness.delayMs).toBe(50);
    // What came meanwhile is read before any timer fires.
    clock.slept = 5_000;
    liveness.sign();
    expect(liveness.delayMs).toBe(5_050);
    await clock.advance(2_000);
    expect(liveness.delayMs).toBe(7_050);
    liveness.pong();
    expect(liveness.delayMs).toBe(50);
    liveness.stop();
  });

  it('does not blame the other side for its own sleep', async () => {
    const clock = new SleepyClock();
    const { seen } = watch(clock);
    await clock.advance(4000);
    clock.slept = 60_000; // the timer of 5000 now fires a minute late, before anything that came meanwhile is read
    await clock.advance(2000);
    expect(seen.diedAt).toBe(-1);
    await clock.advance(5000);
    expect(seen.diedAt).toBeGreaterThan(0);
  });
});
