import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/system-clock.js';

const NOW = Date.UTC(2026, 10, 27);

describe('the clock of a machine without a battery for it', () => {
  let folder: string;
  let timesync: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'carter-clock-'));
    timesync = join(folder, 'timesync');
    vi.useFakeTimers({ toFake: ['Date'], now: NOW });
  });

  afterEach(() => {
    vi.useRealTimers();
    rmSync(folder, { recursive: true, force: true });
  });

  it('tells no time before it was set from the network', () => {
    mkdirSync(timesync);
    const clock = systemClock(timesync);
    expect(clock.wall()).toBeUndefined();
    writeFileSync(join(timesync, 'synchronized'), '');
    expect(clock.wall()).toBe(NOW);
  });

  it('tells its time where nobody sets it, unless that can’t be', () => {
    const clock = systemClock(timesync);
    vi.setSystemTime(0);
    expect(clock.wall()).toBeUndefined();
    vi.setSystemTime(NOW);
    expect(clock.wall()).toBe(NOW);
  });

  it('has another one that never jumps, which all waits go by', async () => {
    const clock = systemClock(timesync);
    const before = clock.now();
    const fired = new Promise<void>((resolve) => clock.after(50, resolve));
    vi.setSystemTime(NOW + 36_000_000);
    expect(clock.now() - before).toBeLessThan(1_000);
    vi.setSystemTime(NOW - 36_000_000);
    expect(clock.now()).toBeGreaterThanOrEqual(before);
    await fired;
    expect(clock.now() - before).toBeGreaterThan(40);
  });
});
