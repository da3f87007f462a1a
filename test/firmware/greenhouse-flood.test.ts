import { describe, expect, it } from 'vitest';
import { GREENHOUSE } from '../../devices/board/avr-greenhouse.js';
import { encodeHostLine } from '../../firmware-protocol/encode.js';
import { outcome } from '../support/driver-bench.js';
import { UnoBench } from '../support/uno-bench.js';

describe('the shipped firmware in a flood', () => {
  it('of commands from its host loses no byte and no answer, and ends where the last one wants it', async () => {
    const bench = new UnoBench();
    const session = await bench.connect();
    const unusable = () => / alive (\d+)\*/.exec(bench.said.findLast((line) => / alive /.test(line)) ?? '')?.[1];
    await bench.host.clock.advance(1_500);
    const before = unusable();
    const acks = () => bench.said.filter((line) => / ack /.test(line)).length;
    const already = acks();
    const values = Array.from({ length: 300 }, (_, n) => 5 * ((n * 7) % 21));
    // All at once: the driver lets one line after the other go.
    const answers = values.map((value) => outcome(bench.host.apply(session, { point: 'fan', value }, 60_000)));
    const done = await bench.finish(Promise.all(answers));
    expect(done).toEqual(values.map((value) => ({ value, settled: true })));
    expect(bench.uno.chip.usart.overruns).toBe(0);
    expect(acks() - already).toBe(values.length);
    expect(await bench.duty(GREENHOUSE.fan)).toBeCloseTo((values.at(-1) ?? 0) / 100, 1);
    // The board saw no line more that it could not use.
    await bench.host.clock.advance(1_500);
    expect([before, unusable()]).toEqual([before, before]);
    expect(before).toBeDefined();
    await bench.close();
  }, 60_000);

  it('of lines without a pause, from a host that does not keep to the rules, loses none of them', async () => {
    const bench = new UnoBench();
    await bench.connect();
    const lines: string[] = [];
    for (let n = 0; n < 600; n++)
      lines.push(
        encodeHostLine(n % 256, { verb: 'limit', cid: n, point: 'pump', maxOn: 3_600_000, minOff: 0, group: 0 }),
      );
    const before = bench.said.length;
    bench.uno.cable.push(lines.map((line) => `${line}\n`).join(''));
    await bench.host.clock.advance(lines.join('\n').length * 0.0875 + 300);
    expect(bench.uno.cable.waiting).toBe(0);
    expect(bench.uno.chip.usart.overruns).toBe(0);
    // Answers are as long as questions or shorter, so every one has its own.
    expect(bench.said.slice(before).filter((line) => / ack \d+ - done\*/.test(line))).toHaveLength(lines.length);
    await bench.close();
  }, 60_000);
});
