import { describe, expect, it } from 'vitest';
import { AVR_HZ } from '../../devices/board/avr-chip.js';
import { A0 } from '../../devices/board/avr-pins.js';
import { AvrBench } from '../support/avr-bench.js';

describe('the pins of an emulated Uno', () => {
  it('measure the voltage that is put on them', async () => {
    const bench = await new AvrBench('probe').start();
    expect(await bench.ask('a0')).toBe('0');
    bench.board.pins.analog(A0, 2.5);
    bench.board.pins.analog(A0 + 3, 4.999);
    expect(await bench.ask('a0')).toBe('512');
    expect(await bench.ask('a3')).toBe('1023');
    expect(await bench.ask('a1')).toBe('0');
    bench.board.reset();
    await bench.clock.advance(20);
    expect(await bench.ask('a0')).toBe('512');
  });

  it('are outputs at the level that the sketch sets, and at none after a reset', async () => {
    const bench = await new AvrBench('probe').start();
    const edges: [boolean, number][] = [];
    bench.board.pins.onEdge(13, (high, cycle) => edges.push([high, cycle]));
    expect(bench.board.pins.mode(13)).toBe('input');
    await bench.ask('d13 1');
    expect([bench.board.pins.mode(13), bench.board.pins.level(13)]).toEqual(['output', true]);
    await bench.ask('d13 0');
    expect(bench.board.pins.level(13)).toBe(false);
    await bench.ask('d13 1');
    const at = bench.board.chip.cycles;
    bench.board.reset();
    expect([bench.board.pins.mode(13), bench.board.pins.level(13)]).toEqual(['input', false]);
    expect(edges.map(([high]) => high)).toEqual([true, false, true, false]);
    expect(edges[3]?.[1]).toBe(at);
    const [[, on] = [], [, off] = []] = edges;
    // One question and its answer lie between: 20 ms of the test's clock.
    expect(((off ?? 0) - (on ?? 0)) / AVR_HZ).toBeCloseTo(0.02, 3);
  });

  it('as inputs read what drives them, their pull-up, or low', async () => {
    const bench = await new AvrBench('probe').start();
    const { pins } = bench.board;
    expect(await bench.ask('i7 0')).toBe('0');
    expect(await bench.ask('i7 1')).toBe('1');
    expect([pins.mode(7), pins.level(7)]).toEqual(['pullup', true]);
    pins.drive(7, false);
    expect(await bench.ask('i7 1')).toBe('0');
    pins.drive(7, true);
    expect(await bench.ask('i7 0')).toBe('1');
    pins.drive(7, undefined);
    expect([await bench.ask('i7 0'), await bench.ask('i7 1')]).toEqual(['0', '1']);
    expect(() => pins.level(20)).toThrow('no pin 20');
  });

  it.each([3, 5, 6, 9, 10, 11])('put the duty on pin %i that analogWrite asks for', async (pin) => {
    const bench = await new AvrBench('probe').start();
    for (const value of [1, 64, 128, 254]) {
      await bench.ask(`w${pin} ${value}`);
      // Pins 5 and 6 are high for one step longer: so it is in the chip.
      expect(Math.abs((await bench.duty(pin)) - value / 255)).toBeLessThan(0.006);
    }
    await bench.ask(`w${pin} 0`);
    expect(await bench.duty(pin)).toBe(0);
    await bench.ask(`w${pin} 255`);
    expect(await bench.duty(pin)).toBe(1);
  });

  it('make a tone of the right pitch', async () => {
    const bench = await new AvrBench('probe').start();
    const rising: number[] = [];
    bench.board.pins.onEdge(8, (high, cycle) => high && rising.push(cycle));
    await bench.ask('t8 440');
    await bench.clock.advance(500);
    const period = ((rising.at(-1) ?? 0) - (rising[0] ?? 0)) / (rising.length - 1);
    expect(AVR_HZ / period).toBeGreaterThan(438);
    expect(AVR_HZ / period).toBeLessThan(442);
  });

  it('interrupt the sketch at each edge', async () => {
    const bench = await new AvrBench('probe').start();
    await bench.ask('i2 1');
    await bench.ask('x2');
    for (let press = 0; press < 5; press++) {
      bench.board.pins.drive(2, false);
      await bench.clock.advance(1);
      bench.board.pins.drive(2, undefined);
      await bench.clock.advance(1);
    }
    expect(await bench.ask('c')).toBe('10');
  });

  it('are read in time: a pulse has its length', async () => {
    const bench = await new AvrBench('probe').start();
    const { chip, pins } = bench.board;
    await bench.ask('i4 0');
    bench.send('p4 50000\n');
    await bench.clock.advance(10);
    chip.after(0, () => pins.drive(4, true));
    chip.after((700 * AVR_HZ) / 1_000_000, () => pins.drive(4, false));
    await bench.clock.advance(20);
    const micros = Number(bench.said.trim().split('\n').at(-1));
    expect(Math.abs(micros - 700)).toBeLessThan(8);
  });
});
