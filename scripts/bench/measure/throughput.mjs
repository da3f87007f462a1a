import { FloodBoard, floodLines } from '../flood.mjs';
import { within } from '../wait.mjs';

/** The options of a stage for floods: the sink instead of a relay, a board that says as much as is taken. */
export const floodStage = { sink: true, makeBoard: (link) => new FloodBoard(link) };

/** Row F: lines a second from the first byte until the sink has what the last line said. */
export async function throughput(stage, warmMs, ms) {
  await flood(stage, warmMs, 111_000_111_000_111);
  const began = performance.now();
  const count = await flood(stage, ms, 777_000_777_000_777);
  return count / ((performance.now() - began) / 1000);
}

async function flood(stage, ms, mark) {
  const [first] = stage.channels;
  const seen = stage.sink.sees(String(mark));
  const count = await floodLines(stage.board, stage.channels, ms);
  await stage.board.write(Buffer.from(`{"${first}":${mark}}\n`));
  await within(60_000, seen, 'the last line of the flood');
  return count;
}
