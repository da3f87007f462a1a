import { describe, expect, it } from 'vitest';
import { BridgeError } from '../../src/error.js';
import { LineWriter } from '../../src/port/line-writer.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** A writer over a system that takes lines when the test says so. */
function slowSystem(newline = '\n') {
  const clock = new VirtualClock();
  const sent: string[] = [];
  const waiting: ((error?: BridgeError) => void)[] = [];
  const stalls: BridgeError[] = [];
  const writer = new LineWriter(clock, newline, {
    send: (bytes, taken) => {
      sent.push(bytes.toString());
      waiting.push(taken);
    },
    stalled: (error) => stalls.push(error),
  });
  return { clock, sent, waiting, stalls, writer };
}

const code = (name: string) => expect.objectContaining({ code: name });

describe('LineWriter', () => {
  it('adds the ending and resolves when the system took the bytes', async () => {
    const { writer, sent, waiting, clock } = slowSystem('\r\n');
    const written = writer.write('on');
    expect(sent).toEqual(['on\r\n']);
    waiting[0]?.();
    await written;
    expect(clock.timers).toBe(0);
  });

  it('hands on what the system says went wrong', async () => {
    const { writer, waiting } = slowSystem();
    const written = writer.write('on');
    waiting[0]?.(new BridgeError('port/gone', 'gone'));
    await expect(written).rejects.toEqual(code('port/gone'));
  });

  it('refuses all that waits as soon as one line is 1 s old, and tells it once', async () => {
    const { writer, clock, stalls, waiting } = slowSystem();
    const results = [writer.write('a'), writer.write('b')].map((p) => p.catch((error: BridgeError) => error.code));
    await clock.advance(999);
    expect(stalls).toEqual([]);
    await clock.advance(1);
    expect(await Promise.all(results)).toEqual(['port/stalled', 'port/stalled']);
    expect(stalls).toEqual([code('port/stalled')]);
    for (const taken of waiting) taken();
    await expect(writer.write('c')).rejects.toEqual(code('port/closed'));
    expect(clock.timers).toBe(0);
  });

  it('gives room back as lines are taken', async () => {
    const { writer, waiting } = slowSystem();
    const first = Array.from({ length: 64 }, (_, i) => writer.write(`${i}`));
    await expect(writer.write('one more')).rejects.toEqual(code('port/busy'));
    for (const taken of waiting) taken();
    await Promise.all(first);
    void writer.write('again').catch(() => {});
    expect(waiting).toHaveLength(65);
  });

  it('refuses all that waits when closed', async () => {
    const { writer, clock, sent } = slowSystem();
    const written = writer.write('a');
    writer.close(new BridgeError('port/gone', 'unplugged'));
    writer.close(new BridgeError('port/closed', 'closed'));
    await expect(written).rejects.toEqual(code('port/gone'));
    await expect(writer.write('b')).rejects.toEqual(code('port/closed'));
    expect(sent).toEqual(['a\n']);
    expect(clock.timers).toBe(0);
  });
});
