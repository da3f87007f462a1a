import { describe, expect, it } from 'vitest';
import { LineIntake } from '../../src/port/line-intake.js';
import { Heard } from '../support/heard.js';
import { VirtualClock } from '../support/virtual-clock.js';

function intake(maxLine = 100) {
  const clock = new VirtualClock();
  const heard = new Heard();
  return { clock, heard, intake: new LineIntake(clock, heard, maxLine) };
}

describe('LineIntake', () => {
  it('drops what came before the first newline', () => {
    const { intake: lines, heard } = intake();
    lines.line('mp=2');
    lines.line('temp=3');
    expect(heard.all).toEqual(['[partial]', 'temp=3']);
  });

  it.each(['', '\r'])('does not count a first fragment of %j', (raw) => {
    const { intake: lines, heard } = intake();
    lines.line(raw);
    lines.line('temp=3');
    expect(heard.all).toEqual(['temp=3']);
  });

  it('takes the first line of a device that was silent for 100 ms for whole', async () => {
    const { intake: lines, heard, clock } = intake();
    await clock.advance(100);
    lines.hear(Buffer.from('l'));
    lines.line('hello');
    expect(heard.all).toEqual(['hello']);
  });

  it('does not take a first line for whole whose bytes began to come earlier', async () => {
    const early = intake();
    await early.clock.advance(99);
    early.intake.hear(Buffer.from('l'));
    await early.clock.advance(500);
    early.intake.hear(Buffer.from('l'));
    early.intake.line('llo');
    expect(early.heard.all).toEqual(['[partial]']);
  });

  it('counts an overlong line as such even when it is the first, by its length without the ending', () => {
    const { intake: lines, heard } = intake(3);
    lines.line('abcd\r');
    lines.line('abc\r');
    lines.line('abcd');
    expect(heard.all).toEqual(['[overlong]', 'abc', '[overlong]']);
  });

  it('says nothing after it was stopped', () => {
    const { intake: lines, heard } = intake();
    lines.line('');
    lines.stop();
    lines.line('late');
    expect(heard.all).toEqual([]);
  });

  it('tells of bytes without a newline, at most once a second, and not of what a line takes up', async () => {
    const { intake: lines, heard, clock } = intake();
    const send = (text: string) => {
      lines.hear(Buffer.from(text, 'latin1'));
      for (const line of text.split('\n').slice(0, -1)) lines.line(line);
    };
    for (let i = 0; i < 25; i++) {
      send('T=21\r');
      await clock.advance(100);
    }
    expect(heard.noises.map(({ bytes, returns }) => [bytes, returns])).toEqual([
      [5, false],
      [55, true],
      [105, true],
    ]);
    expect(heard.noises[1]).toMatchObject({ binary: false, sample: expect.stringMatching(/^T=21\\x0dT=21/) });
    await clock.advance(1000);
    for (let i = 0; i < 25; i++) {
      send('T=21\r\n');
      await clock.advance(100);
    }
    expect(heard.noises).toHaveLength(3);
    send('T=');
    expect(heard.noises[3]).toEqual({ bytes: 2, sample: 'T=', binary: false, returns: false });
    await clock.advance(1000);
    send('\xf8\x00\xe0\x80'.repeat(20));
    expect(heard.noises[4]).toMatchObject({ bytes: 82, binary: true });
  });

  it('takes text in any script for text', () => {
    const { intake: lines, heard } = intake();
    lines.hear(Buffer.from('温度は二十一度です。'.repeat(10)).subarray(0, 200));
    expect(heard.noises).toMatchObject([{ bytes: 200, binary: false }]);
  });
});
