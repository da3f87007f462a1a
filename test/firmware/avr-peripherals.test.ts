import { describe, expect, it } from 'vitest';
import { AvrBench } from '../support/avr-bench.js';
import { Dht22 } from '../support/dht22.js';
import { ServoReader } from '../support/servo-reader.js';

describe('what is wired to an emulated Uno', () => {
  it('a DHT22 says humidity and temperature when it is asked, also below zero', async () => {
    const bench = new AvrBench('probe');
    const sensor = new Dht22(bench.board.chip, bench.board.pins, 4);
    await bench.start();
    sensor.humidity = 65.2;
    sensor.temperature = 35.1;
    expect(await bench.ask('h4', 50)).toBe('2 140 1 95 238');
    sensor.temperature = -10.1;
    expect(await bench.ask('h4', 50)).toBe('2 140 128 101 115');
    sensor.silent = true;
    expect(await bench.ask('h4', 50)).toBe('nobody');
    sensor.silent = false;
    bench.board.reset();
    await bench.clock.advance(20);
    expect(await bench.ask('h4', 50)).toBe('2 140 128 101 115');
    expect(sensor.asked).toBe(4);
  });

  it('a servo hears the width of each pulse', async () => {
    const bench = await new AvrBench('probe').start();
    const servo = new ServoReader(bench.board.pins, 9);
    expect(servo.degrees).toBeUndefined();
    for (const [micros, degrees] of [
      [544, 0],
      [1_472, 90],
      [2_400, 180],
    ] as const) {
      await bench.ask(`s9 ${micros}`);
      expect(Math.abs((servo.micros ?? 0) - micros)).toBeLessThan(25);
      expect(Math.abs((servo.degrees ?? 0) - degrees)).toBeLessThan(2.5);
    }
    expect(servo.pulses).toBe(3);
  });
});
