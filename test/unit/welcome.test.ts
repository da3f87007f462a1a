import { describe, expect, it } from 'vitest';
import { Welcome } from '../../src/device/welcome.js';
import { silentLog } from '../../src/log.js';
import type { SerialPortEntry } from '../../src/port/serial-path.js';
import { VirtualClock } from '../support/virtual-clock.js';

const at = (path: string, byPath?: string): SerialPortEntry => ({ path, ...(byPath ? { byPath } : {}) });

describe('a welcome for new boards', () => {
  it('is for what is plugged in meanwhile, and not for what is there already, also where that comes back', async () => {
    const clock = new VirtualClock();
    const welcome = new Welcome({
      ports: { list: () => [at('/dev/ttyUSB0', 'a'), at('/dev/ttyUSB1')] },
      clock,
      log: silentLog,
    });
    expect(welcome.isFor(at('/dev/ttyUSB2'))).toBe(false);
    const approved: string[] = [];
    welcome.open(1_000, (device) => approved.push(device));
    expect(welcome.isFor(at('/dev/ttyUSB2', 'b'))).toBe(true);
    expect(welcome.isFor(at('/dev/ttyUSB7', 'a'))).toBe(false);
    expect(welcome.isFor(at('/dev/ttyUSB1'))).toBe(false);
    welcome.note('shed');
    expect(approved).toEqual(['shed']);
    await clock.advance(1_000);
    expect(welcome.isFor(at('/dev/ttyUSB2', 'b'))).toBe(false);
  });
});
