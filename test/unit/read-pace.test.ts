import { describe, expect, it } from 'vitest';
import { ReadPace } from '../../src/port/read-pace.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** The pauses after reads of `bytes`, `ms` apart. */
async function pauses(count: number, bytes: number, ms: number): Promise<number[]> {
  const clock = new VirtualClock();
  const pace = new ReadPace(clock);
  const all: number[] = [];
  for (let i = 0; i < count; i++) {
    all.push(pace.pauseAfter(bytes));
    await clock.advance(ms);
  }
  return all;
}

describe('ReadPace', () => {
  it('puts reads off once they trickle in', async () => {
    expect(await pauses(11, 40, 1)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 4]);
  });

  it('reads at once what comes now and then', async () => {
    expect(new Set(await pauses(50, 40, 10))).toEqual(new Set([0]));
  });

  it('reads a flood at once', async () => {
    expect(new Set(await pauses(50, 4096, 0.1))).toEqual(new Set([0]));
  });

  it('reads at once again after a quiet spell', async () => {
    const clock = new VirtualClock();
    const pace = new ReadPace(clock);
    for (let i = 0; i < 20; i++) pace.pauseAfter(40);
    await clock.advance(4 + 5);
    expect(pace.pauseAfter(40)).toBe(0);
  });

  it('takes its own pause, and a timer that is late, for no quiet spell', async () => {
    expect((await pauses(30, 40, 4.9)).slice(8)).toEqual(new Array(22).fill(4));
    const clock = new VirtualClock();
    const pace = new ReadPace(clock);
    for (let i = 0; i < 20; i++) pace.pauseAfter(40);
    for (let i = 0; i < 20; i++) {
      await clock.advance(8.5);
      expect(pace.pauseAfter(40)).toBe(4);
    }
  });
});
