import { describe, expect, it } from 'vitest';
import { AVR_HZ } from '../../devices/board/avr-chip.js';
import { AvrBench } from '../support/avr-bench.js';

const cold = async (bench: AvrBench): Promise<string> => await bench.ask('n');

describe('an emulated Uno', () => {
  it('keeps the time of its clock within a thousandth', async () => {
    const bench = await new AvrBench('probe').start();
    const [before, at] = [Number(await bench.ask('m')), bench.clock.now()];
    await bench.clock.advance(10_000);
    const [after, then] = [Number(await bench.ask('m')), bench.clock.now()];
    expect(Math.abs((after - before) / (then - at) - 1)).toBeLessThan(0.001);
    expect(bench.board.chip.cycles / AVR_HZ).toBeCloseTo(bench.clock.now() / 1_000, 4);
  });

  it('starts with anything in its memory, differently each time, and the same with the same seed', async () => {
    const bench = await new AvrBench('probe', { seed: 1 }).start();
    const first = await cold(bench);
    bench.board.unplug();
    bench.plug();
    await bench.clock.advance(20);
    const second = await cold(bench);
    const other = await new AvrBench('probe', { seed: 2 }).start();
    const same = await new AvrBench('probe', { seed: 1 }).start();
    expect(new Set([first, second, await cold(other)]).size).toBe(3);
    expect(await cold(same)).toBe(first);
  });

  it('keeps its memory over a reset, and its EEPROM over everything', async () => {
    const bench = await new AvrBench('probe').start();
    const memory = await cold(bench);
    expect(await bench.ask('r7')).toBe('255');
    await bench.ask('e7 42');
    bench.board.reset();
    await bench.clock.advance(20);
    expect(bench.said).toMatch(/ready 3\r\n$|ready 2\r\n$/);
    expect([await bench.ask('r7'), await cold(bench)]).toEqual(['42', memory]);
    bench.board.unplug();
    await bench.clock.advance(1_000);
    bench.plug();
    await bench.clock.advance(20);
    expect(bench.said).toMatch(/ready 1\r\n$/);
    expect(await bench.ask('r7')).toBe('42');
  });

  it('restarts in the middle of a line, and of a byte', async () => {
    const bench = await new AvrBench('probe').start();
    bench.send('a0');
    await bench.clock.advance(0.12);
    bench.board.reset();
    await bench.clock.advance(20);
    expect(bench.said).toBe('ready 1\r\nready 2\r\n');
    expect(await bench.ask('a0')).toBe('0');
  });

  it('is restarted by its watchdog', async () => {
    const bench = await new AvrBench('probe').start();
    await bench.ask('d13 1');
    await bench.ask('k', 60);
    expect(bench.said).toMatch(/ready 8\r\n$/);
    expect([bench.board.chip.starts, bench.board.pins.level(13)]).toEqual([2, false]);
    expect(await bench.ask('a0')).toBe('0');
  });

  it('waits in its boot loader after a reset, and eats what comes meanwhile', async () => {
    const bench = await new AvrBench('probe', { bootLoaderMs: 1_600 }).start();
    expect(bench.said).toBe('ready 1\r\n');
    bench.board.reset();
    await bench.clock.advance(1_000);
    expect(await bench.ask('m')).toBe('');
    await bench.clock.advance(550);
    expect(bench.said).toBe('ready 1\r\n');
    await bench.clock.advance(50);
    expect(bench.said).toMatch(/ready 1\r\nready \d\r\n$/);
    expect(await bench.ask('a0')).toBe('0');
    expect(bench.board.chip.usart.unheard).toBe(2);
  });

  it('is off without its cable, with all pins let go of', async () => {
    const bench = await new AvrBench('probe').start();
    await bench.ask('d13 1');
    bench.board.unplug();
    const { cycles } = bench.board.chip;
    await bench.clock.advance(1_000);
    expect([bench.board.pins.level(13), bench.board.chip.cycles, bench.clock.timers]).toEqual([false, cycles, 0]);
  });

  it('with a supply of its own runs on without the cable; plugging it in restarts it, or does not', async () => {
    for (const resetOnPlug of [true, false]) {
      const bench = await new AvrBench('probe', { power: 'own', resetOnPlug }).start();
      await bench.ask('d13 1');
      bench.board.unplug();
      await bench.clock.advance(5_000);
      expect(bench.board.pins.level(13)).toBe(true);
      bench.plug();
      await bench.clock.advance(20);
      expect([bench.board.chip.starts, bench.board.pins.level(13)]).toEqual(resetOnPlug ? [2, false] : [1, true]);
      expect(Number(await bench.ask('m')) > 5_000).toBe(!resetOnPlug);
      bench.board.unplug();
      bench.board.powerOff();
      expect(bench.clock.timers).toBe(0);
    }
  });

  it('leaves out, and counts, what the machine had no time for', async () => {
    const bench = await new AvrBench('probe', { sliceMs: 200 }).start(1_000);
    // Five pieces of 200 ms, of each of which only 25 are emulated at once.
    expect(bench.board.skippedMs).toBeCloseTo(5 * 175, 0);
    expect(bench.board.chip.cycles / AVR_HZ).toBeCloseTo(0.125, 3);
  });
});
