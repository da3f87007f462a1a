import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { A0 } from '../../devices/board/avr-pins.js';
import { LinesDriver } from '../../devices/lines/driver.js';
import { linesOptions } from '../../devices/lines/options.js';
import type { DeviceSession } from '../../src/device/driver.js';
import { sketchHex } from '../support/avr-bench.js';
import { UnoBench } from '../support/uno-bench.js';

const [BUTTON, LED, LIGHT] = [2, 13, A0];
const README = new URL('../../firmware-protocol/arduino/CarterBoard/examples/PlainLines/README.md', import.meta.url);

/** The options that the example's page gives for it. */
function pageOptions() {
  const [, block = ''] = /```yaml\n(.*?)```/s.exec(readFileSync(README, 'utf8')) ?? [];
  const { driver, ...options } = parse(block).devices.plain;
  expect(driver).toBe('lines');
  return linesOptions.parse({ ...options, port: '/dev/fake' });
}

describe('the example PlainLines, with the driver for sketches that print', () => {
  let bench: UnoBench;
  let session: DeviceSession;

  beforeEach(async () => {
    bench = new UnoBench({}, sketchHex('plainlines-uno'), new LinesDriver(pageOptions()));
    session = await bench.connect();
    await bench.host.clock.advance(600);
  });
  afterEach(async () => await bench.close());

  it('reads what it prints', async () => {
    expect(bench.host.values).toEqual({ light: 0, button: false, led: false });
    bench.uno.pins.analog(LIGHT, 2.5);
    bench.uno.pins.drive(BUTTON, false);
    await bench.host.clock.advance(600);
    expect(bench.host.values).toEqual({ light: 50, button: true, led: false });
  });

  it('switches its LED, confirmed by what it prints', async () => {
    for (const value of [true, false, true]) {
      expect(await bench.set(session, 'led', value)).toMatchObject({ value });
      expect(bench.uno.pins.level(LED)).toBe(value);
    }
  });

  it('has its LED off after a minute without a command', async () => {
    await bench.set(session, 'led', true);
    await bench.host.clock.advance(59_000);
    expect(bench.uno.pins.level(LED)).toBe(true);
    await bench.host.clock.advance(2_000);
    expect(bench.uno.pins.level(LED)).toBe(false);
    expect(bench.host.values['led']).toBe(false);
  }, 60_000);

  it('obeys no line that is too long or cut short', async () => {
    bench.uno.cable.push('led on and everything else, too\nled o\n');
    await bench.host.clock.advance(600);
    expect(bench.uno.pins.level(LED)).toBe(false);
  });
});
