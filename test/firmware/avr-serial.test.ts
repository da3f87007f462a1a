import { describe, expect, it } from 'vitest';
import { AVR_HZ } from '../../devices/board/avr-chip.js';
import { seededRandom } from '../../src/device/seeded-random.js';
import { AvrBench } from '../support/avr-bench.js';

/** Cycles of ten bits at 115200 baud. */
const BYTE = (10 * AVR_HZ) / 115_200;
const EVERY_BYTE = String.fromCharCode(...Array.from({ length: 256 }, (_, n) => n));

describe('the serial port of an emulated Uno', () => {
  it('takes ten bits of time for a byte, both ways', async () => {
    const { board, clock } = await new AvrBench('echo').start();
    const out: number[] = [];
    const { usart } = board.chip;
    const send = usart.onByte;
    usart.onByte = (byte) => {
      out.push(board.chip.cycles);
      send(byte);
    };
    board.follow();
    const began = board.chip.cycles;
    board.cable.push('x'.repeat(50));
    await clock.advance(50);
    expect(out).toHaveLength(50);
    // The first one has gone over the line twice; the chip itself is 2 % fast, as its divisor has it.
    expect((out[0] ?? 0) - began).toBeGreaterThan(1.97 * BYTE);
    expect((out[0] ?? 0) - began).toBeLessThan(2.2 * BYTE);
    const pace = ((out[49] ?? 0) - (out[0] ?? 0)) / 49;
    expect(pace).toBeGreaterThan(0.999 * BYTE);
    expect(pace).toBeLessThan(1.001 * BYTE);
  });

  it('sends without a pause between bytes', async () => {
    const bench = await new AvrBench('probe').start();
    const times: number[] = [];
    const { usart } = bench.board.chip;
    usart.onByte = () => times.push(bench.board.chip.cycles);
    await bench.ask('n');
    const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    expect(gaps.length).toBeGreaterThan(20);
    // 8 × 17 cycles a bit is the nearest that the chip can do.
    expect(Math.max(...gaps)).toBeLessThan(1_380);
    expect(Math.min(...gaps)).toBeGreaterThan(1_340);
  });

  it('carries every byte there is', async () => {
    const bench = await new AvrBench('echo').start();
    bench.send(EVERY_BYTE);
    await bench.clock.advance(100);
    expect(bench.said).toBe(EVERY_BYTE);
  });

  it('loses no byte in 20 000 round trips', async () => {
    const bench = await new AvrBench('echo').start();
    const random = seededRandom(5);
    const { chip, cable } = bench.board;
    let heard = '';
    chip.usart.onByte = (byte) => {
      heard += String.fromCharCode(byte);
    };
    let lost = 0;
    for (let trip = 0; trip < 20_000; trip++) {
      const bytes = String.fromCharCode(...Array.from({ length: 1 + (trip % 6) }, () => 256 * random()));
      heard = '';
      cable.push(bytes);
      const end = chip.cycles + (bytes.length + 2) * 1_400 + 1_000 * random();
      chip.run(end);
      if (heard !== bytes) lost++;
    }
    expect(lost).toBe(0);
    expect(chip.usart.overruns).toBe(0);
  }, 60_000);

  it('loses none of a stream that is said back while it comes', async () => {
    const bench = await new AvrBench('echo').start();
    const random = seededRandom(6);
    const bytes = String.fromCharCode(...Array.from({ length: 8_000 }, () => 256 * random()));
    bench.send(bytes);
    await bench.clock.advance(800);
    expect(bench.said).toBe(bytes);
  });

  it('overruns, and counts it, when the chip does not fetch: two bytes and the last one are kept', async () => {
    const bench = await new AvrBench('probe').start();
    bench.send('o2\n');
    await bench.clock.advance(1);
    expect(bench.board.chip.usart.overruns).toBe(0);
    bench.send('r78901234\n');
    await bench.clock.advance(30);
    expect(bench.board.chip.usart.overruns).toBeGreaterThan(2);
    expect(bench.said).toMatch(/ok\r\n255\r\n$/);
  });

  it('does not overrun while the sketch only reads late, though more than its buffer is lost then', async () => {
    const bench = await new AvrBench('probe').start();
    bench.send('z100\n');
    await bench.clock.advance(2);
    bench.send(`${'y'.repeat(80)}\nm\n`);
    await bench.clock.advance(120);
    expect(bench.board.chip.usart.overruns).toBe(0);
    // 63 bytes fit; the command behind them did not.
    expect(bench.said).toMatch(/ready 1\r\nok\r\n$/);
  });
});
