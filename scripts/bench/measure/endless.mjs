import { FloodBoard } from '../flood.mjs';
import { within } from '../wait.mjs';

export const endlessStage = { sink: true, makeBoard: (link) => new FloodBoard(link) };
const MB = 1024 * 1024;
const PIECE = Buffer.alloc(64 * 1024, 'U');

/** Row H: a line without an end. Time of its second half over that of its first, growth after the first eighth, longest block. */
export async function endless(stage, megabytes) {
  const { board, program, sink } = stage;
  await board.write(Buffer.from('\n'));
  const eighth = (megabytes * MB) / 8;
  await program.ask('watchDelay');
  const times = [];
  let base = 0;
  let peak = 0;
  for (let part = 0; part < 8; part++) {
    const began = performance.now();
    for (let sent = 0; sent < eighth; sent += PIECE.length) {
      if (!(await board.write(PIECE, began + 60_000))) throw new Error('the line is not read any more');
      if (part > 0) peak = Math.max(peak, program.rss);
    }
    times.push(performance.now() - began);
    if (part === 0) base = program.rss;
  }
  const { max } = await program.ask('delay');
  const mark = '555000555000555';
  const seen = sink.sees(mark);
  await board.write(Buffer.from(`\n{"${stage.channels[0]}":1}\n{"${stage.channels[0]}":${mark}}\n`));
  await within(20_000, seen, 'the line after the endless one');
  const sum = (from, to) => times.slice(from, to).reduce((a, b) => a + b, 0);
  return { seconds: sum(0, 8) / 1000, linear: sum(5, 8) / sum(1, 4), grown: (peak - base) / MB, block: max };
}
