import { describe, expect, it } from 'vitest';
import { Deafness } from '../../src/device/deafness.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** Misses commands for these outputs, one after the other; what followed from the last one. */
function miss(deafness: Deafness, ...points: string[]) {
  return points.map((point) => deafness.missed(point)).at(-1);
}

function deafDevice() {
  const clock = new VirtualClock();
  const deafness = new Deafness(clock);
  miss(deafness, 'pump', 'pump', 'pump');
  deafness.lost();
  miss(deafness, 'pump', 'fan', 'pump');
  return { clock, deafness };
}

describe('a device that speaks and does not answer', () => {
  it('has its port opened anew once, and is deaf where that does not help', () => {
    const deafness = new Deafness(new VirtualClock());
    expect(miss(deafness, 'pump', 'pump')).toBeUndefined();
    expect(miss(deafness, 'pump')).toBe('reopen');
    expect(miss(deafness, 'pump', 'pump', 'pump', 'pump')).toBeUndefined();
    deafness.lost();
    expect(miss(deafness, 'pump', 'pump')).toBeUndefined();
    expect(miss(deafness, 'pump')).toBe('deaf');
    expect(deafness.deaf).toBe(true);
    expect(miss(deafness, 'pump', 'pump', 'pump')).toBeUndefined();
  });

  it('begins anew with every answer', () => {
    const deafness = new Deafness(new VirtualClock());
    for (let i = 0; i < 50; i++) {
      expect(miss(deafness, 'pump', 'pump')).toBeUndefined();
      deafness.heard('pump');
    }
    miss(deafness, 'pump', 'pump', 'pump');
    deafness.lost();
    deafness.heard('pump');
    expect(miss(deafness, 'pump', 'pump')).toBeUndefined();
    expect(miss(deafness, 'pump')).toBe('reopen');
  });

  it('may be on another cable after a loss that was not asked for', () => {
    const { deafness } = deafDevice();
    deafness.lost();
    expect(deafness.deaf).toBe(false);
    expect(miss(deafness, 'pump', 'pump')).toBeUndefined();
    expect(miss(deafness, 'pump')).toBe('reopen');
  });

  it('is not asked for nothing, but tried now and then', async () => {
    const { clock, deafness } = deafDevice();
    expect(deafness.refuses('pump')).toBe(true);
    await clock.advance(29_999);
    expect(deafness.refuses('fan')).toBe(true);
    await clock.advance(1);
    expect(deafness.refuses('pump')).toBe(false);
    expect(deafness.refuses('fan')).toBe(true);
    await clock.advance(30_000);
    expect(deafness.refuses('fan')).toBe(false);
    deafness.heard('fan');
    expect(deafness).toMatchObject({ deaf: false });
    expect(deafness.refuses('fan')).toBe(false);
  });

  it('may be told what it was never asked', () => {
    const { deafness } = deafDevice();
    expect(deafness.refuses('lamp')).toBe(false);
    miss(deafness, 'lamp');
    expect(deafness.refuses('lamp')).toBe(true);
  });

  it('is not deaf because one of its outputs is dead', () => {
    const deafness = new Deafness(new VirtualClock());
    miss(deafness, 'pump', 'pump');
    deafness.heard('lamp');
    expect(miss(deafness, ...Array.from({ length: 20 }, () => 'pump'))).toBeUndefined();
    expect(miss(deafness, 'lamp', 'lamp')).toBeUndefined();
    expect(miss(deafness, 'lamp')).toBe('reopen');
    deafness.lost();
    deafness.heard('pump');
    expect(miss(deafness, 'pump', 'pump')).toBeUndefined();
    expect(miss(deafness, 'pump')).toBe('reopen');
  });
});
