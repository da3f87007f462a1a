import { afterEach, describe, expect, it } from 'vitest';
import { templateKind } from '../../devices/_template/driver.js';
import { TemplateSimulator } from '../../devices/_template/simulator.js';
import { DriverBench, outcome } from '../support/driver-bench.js';

let bench: DriverBench;
let simulator: TemplateSimulator;
afterEach(() => bench.close());

async function live() {
  const options = templateKind.options.parse({ port: '/dev/fake' });
  bench = new DriverBench(templateKind.create(options));
  simulator = new TemplateSimulator(bench.clock);
  const session = bench.begin();
  await bench.clock.advance(600);
  bench.plug(simulator, '');
  await bench.clock.advance(3000);
  return await session;
}

describe('the driver to copy', () => {
  it('reads back the truth before it is live, and reads the sensor', async () => {
    await live();
    expect(bench.values['valve']).toBe(false);
    expect(bench.values['level']).toBeCloseTo(20, 0);
  });

  it('confirms by what the board says', async () => {
    const session = await live();
    const done = bench.apply(session, { point: 'valve', value: true });
    await bench.clock.advance(10);
    expect(await done).toEqual({ value: true, settled: true });
    expect(bench.values['valve']).toBe(true);
    simulator.stuck = true;
    const stuck = outcome(bench.apply(session, { point: 'valve', value: false }));
    await bench.clock.advance(10);
    expect(await stuck).toBe('device/mismatch');
    expect(bench.values['valve']).toBe(true);
  });

  it('says unknown for nan and ignores noise', async () => {
    await live();
    bench.port.say('nan');
    expect(bench.values['level']).toBeNull();
    bench.port.say('23.5');
    bench.port.say('1e999');
    bench.port.say('hello');
    expect(bench.values['level']).toBe(23.5);
    expect(bench.counters.ignored).toBe(2);
  });

  it('gives up on a board that never answers', async () => {
    bench = new DriverBench(templateKind.create(templateKind.options.parse({ port: '/dev/fake' })));
    const session = outcome(bench.connect(6000));
    await bench.clock.advance(6000);
    expect(await session).toBe('device/no-answer');
    expect(bench.port.written).toHaveLength(10);
  });

  it('has a simulator that stops when it is unplugged', async () => {
    await live();
    simulator.unplug();
    await bench.clock.advance(2000);
    expect(bench.clock.timers).toBe(0);
  });
});
