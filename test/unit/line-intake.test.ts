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
    lines.hear();
    lines.line('hello');
    expect(heard.all).toEqual(['hello']);
  });

  it('does not take a first line for whole whose bytes began to come earlier', async () => {
    const early = intake();
    await early.clock.advance(99);
    early.intake.hear();
    await early.clock.advance(500);
    early.intake.hear();
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
});
