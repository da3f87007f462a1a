import { describe, expect, it } from 'vitest';
import { type Due, Owed } from '../../src/device/owed.js';

const due = (): Due => ({ value: false, telling: false, failedAt: undefined, timer: undefined });

describe('what boards are owed', () => {
  it('stays with the approved board while strangers have its place', () => {
    const owed = new Owed(false);
    owed.meet('mine', true);
    owed.current.due.set('pump', due());
    for (const stranger of ['one', 'two']) {
      owed.meet(stranger, false);
      expect(owed.current.due.size).toBe(0);
      owed.current.due.set('laser', due());
    }
    owed.meet('mine', true);
    expect([...owed.current.due.keys()]).toEqual(['pump']);
    owed.meet('two', false);
    expect(owed.current.due.size).toBe(0);
  });

  it('is remembered of a stranger that comes back before the approved one, or is approved', () => {
    const owed = new Owed(false);
    owed.meet('mine', true);
    owed.meet('other', false);
    owed.current.due.set('pump', due());
    owed.meet('other', false);
    expect([...owed.current.due.keys()]).toEqual(['pump']);
    owed.meet('other', true);
    expect([...owed.current.due.keys()]).toEqual(['pump']);
    owed.meet('mine', true);
    expect(owed.current.due.size).toBe(0);
  });

  it('stops the timers of whoever is not there', () => {
    const owed = new Owed(false);
    owed.meet('mine', true);
    let cancelled = 0;
    owed.current.due.set('pump', { ...due(), timer: { cancel: () => void cancelled++ } });
    owed.meet('other', false);
    expect(cancelled).toBe(1);
  });

  it('is the emergency stop of whoever was not there, though a stranger was', () => {
    const owed = new Owed(false);
    owed.meet('mine', true);
    owed.stop(true);
    expect(owed.current.missedStop).toBe(false);
    owed.meet('other', false);
    owed.stop(true);
    expect(owed.current.missedStop).toBe(false);
    owed.meet('mine', true);
    expect(owed.current.missedStop).toBe(true);
    owed.meet('new', true);
    expect(owed.current.missedStop).toBe(true);
    owed.current.missedStop = false;
    owed.stop(false);
    expect(owed.current.missedStop).toBe(true);
  });
});
