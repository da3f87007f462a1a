import { describe, expect, it } from 'vitest';
import { ReconnectPolicy } from '../../src/mesh/client-policy.js';

const unreachable = { kind: 'unreachable' as const };
const evicted = { kind: 'closed' as const, code: 1000, admittedMs: 2000 };
const ended = { kind: 'closed' as const, code: 1011, admittedMs: 3000 };
const lost = { kind: 'lost' as const, code: 1006, admittedMs: 3000 };

describe.each([0, 0.5, 0.999])('the wait before the next connection, random %s', (random) => {
  const make = () => new ReconnectPolicy(() => random);

  it('is 125–250 ms at first and never above 1 s while nobody listens', () => {
    const policy = make();
    const first = policy.next(unreachable).ms;
    expect(first).toBeGreaterThanOrEqual(125);
    expect(first).toBeLessThanOrEqual(250);
    for (let i = 0; i < 200; i++) {
      const { ms } = policy.next(unreachable);
      expect(ms).toBeLessThanOrEqual(1000);
      expect(ms).toBeGreaterThanOrEqual(first);
    }
  });

  it.each([
    { kind: 'refused' as const, code: 1000 },
    { kind: 'refused' as const },
    { kind: 'limited' as const, code: 4429 },
    { kind: 'limited' as const, code: 1008, admittedMs: 100 },
    { kind: 'limited' as const, code: 1008, admittedMs: 90_000 },
  ])('is 30–60 s after %o', (end) => {
    const policy = make();
    for (let i = 0; i < 5; i++) {
      const { ms } = policy.next(end);
      expect(ms).toBeGreaterThanOrEqual(30_000);
      expect(ms).toBeLessThanOrEqual(60_000);
    }
  });

  it('grows to 30 s while connections open and soon end', () => {
    const policy = make();
    const waits = Array.from({ length: 8 }, () => policy.next(ended).ms);
    const factor = 0.5 + 0.5 * random;
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000].map((ms) => ms * factor));
  });

  it('starts over after a connection that was welcome for 30 s', () => {
    const policy = make();
    for (let i = 0; i < 8; i++) policy.next(ended);
    expect(policy.flapping).toBe(true);
    expect(policy.next({ ...ended, admittedMs: 30_000 }).ms).toBeLessThanOrEqual(250);
    expect(policy.flapping).toBe(false);
    expect(policy.next(ended).ms).toBeLessThanOrEqual(1000);
  });

  it('does not start over after 29 s', () => {
    const policy = make();
    for (let i = 0; i < 8; i++) policy.next(ended);
    policy.next({ ...ended, admittedMs: 29_000 });
    expect(policy.flapping).toBe(true);
    expect(policy.next(ended).ms).toBeGreaterThanOrEqual(15_000);
  });

  it('is back within 1.5 s however often a relay is restarted after it had welcomed us', () => {
    const policy = make();
    for (let i = 0; i < 8; i++) expect(policy.next({ ...lost, admittedMs: 3_000 }).ms).toBeLessThanOrEqual(1_500);
  });

  it('stays within 1 s for a relay that is killed again and again', () => {
    const policy = make();
    for (let i = 0; i < 8; i++) {
      expect(policy.next(lost).ms).toBeLessThanOrEqual(1000);
      expect(policy.next(unreachable).ms).toBeLessThanOrEqual(1000);
    }
  });

  it('sees a name war in three evictions within 10 s of the welcome each', () => {
    const policy = make();
    expect(policy.next(evicted).nameWar).toBe(false);
    expect(policy.next(evicted).nameWar).toBe(false);
    for (let i = 0; i < 3; i++) {
      const { ms, nameWar } = policy.next(evicted);
      expect(nameWar).toBe(true);
      expect(ms).toBeGreaterThanOrEqual(30_000);
    }
  });

  it('sees no war where a connection lasted, a relay restarted, or the closes say something else', () => {
    const policy = make();
    const ends = [
      evicted,
      evicted,
      { ...evicted, admittedMs: 10_000 },
      evicted,
      evicted,
      unreachable,
      evicted,
      evicted,
    ];
    expect(ends.map((end) => policy.next(end).nameWar)).not.toContain(true);
    const other = make();
    for (let i = 0; i < 5; i++) expect(other.next({ ...evicted, code: 1009 }).nameWar).toBe(false);
    for (let i = 0; i < 5; i++) expect(other.next(lost).nameWar).toBe(false);
  });
});
