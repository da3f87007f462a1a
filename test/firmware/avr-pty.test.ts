import { expect, it } from 'vitest';
import { AvrBoard } from '../../devices/board/avr-board.js';
import { plugInto } from '../../src/cli/bench-boards.js';
import { openSerialLine } from '../../src/port/serial-line-link.js';
import { createVirtualPort } from '../../src/port/virtual-port.js';
import { systemClock } from '../../src/system-clock.js';
import { sketchHex } from '../support/avr-bench.js';
import { eventually } from '../support/eventually.js';

it('an emulated Uno answers the real serial binding on a pseudo terminal, byte for byte', async () => {
  const clock = systemClock();
  const board = new AvrBoard(clock, sketchHex('echo'));
  const port = createVirtualPort({ clock });
  plugInto(port, board);
  const lines: string[] = [];
  const handlers = { line: (text: string) => void lines.push(text), defect: () => {} };
  const link = await openSerialLine({ clock })(
    { port: port.path, baud: 115_200 },
    handlers,
    new AbortController().signal,
  );
  const said = Array.from({ length: 40 }, (_, n) => `${n} Größe 21,5 °C ${'→'.repeat(n)}`);
  // The rest of a line that began before the opening is dropped: this one.
  await link.write('ahead');
  for (const line of said) {
    await link.write(line);
    await eventually(() => lines.at(-1)).toBe(line);
  }
  expect(lines.slice(-said.length)).toEqual(said);
  await link.close();
  board.unplug();
  port.close();
});
