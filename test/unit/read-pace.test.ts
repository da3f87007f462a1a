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

/** Bytes trickle in for long enough, until a read is put off. */
async function trickle(pace: ReadPace, clock: VirtualClock): Promise<void> {
  while (pace.pauseAfter(40) === 0) await clock.advance(1);
}

describe('ReadPace', () => {
  it('puts reads off once they trickle in', async () => {
    const all = await pauses(40, 40, 1);
    expect(all.slice(0, 25)).toEqual(new Array(25).fill(0));
    expect(all.slice(25)).toEqual(new Array(15).fill(4));
  });

  it('reads a line at once that comes byte by byte', async () => {
    const clock = new VirtualClock();
    const pace = new ReadPace(clock);
    for (let line = 0; line < 10; line++) {
      for (let byte = 0; byte < 200; byte++) {
        expect(pace.pauseAfter(1)).toBe(0);
        await clock.advance(0.087);
      }
      await clock.advance(10);
    }
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
    await trickle(pace, clock);
    await clock.advance(4 + 5);
    expect(pace.pauseAfter(40)).toBe(0);
  });

  it('takes its own pause, and a timer that is late, for no quiet spell', async () => {
    expect((await pauses(30, 40, 4.9)).slice(6)).toEqual(new Array(24).fill(4));
    const clock = new VirtualClock();
    const pace = new ReadPace(clock);
    await trickle(pace, clock);
    for (let i = 0; i < 20; i++) {
      await clock.advance(8.5);
      expect(pace.pauseAfter(40)).toBe(4);
    }
  });
});
