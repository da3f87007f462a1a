import { parseArgs } from 'node:util';
import { pinSelf } from './child.mjs';
import { bridge } from './dialect.mjs';
import { joinAndLeave, remember, sampleEach } from './soak-watch.mjs';
import { Stage } from './stage.mjs';
import { median, short } from './statistics.mjs';
import { paced, sleep } from './wait.mjs';

const BOARDS = 4;
const PER_BOARD = 250;
const MB = 1024 * 1024;
/** Frames a second that current relays allow, and what the bridge keeps to in the long run. */
const FRAMES = 40;

const { values: options } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const ms = 60_000 * Number(options.minutes);
if (!(ms > 0)) throw new Error('--minutes takes a number above 0');

pinSelf();
const stage = await Stage.open(bridge, { devices: BOARDS, channels: 5, maxHz: 5, node: ['--expose-gc'] });
const rows = [];
try {
  const picture = remember(stage);
  const before = await rest(stage);
  const frames = stage.frames;
  const guest = joinAndLeave(stage, 5_000);
  const memory = sampleEach(ms / 60, () => stage.program.rss / MB);
  const latest = new Map();
  const began = performance.now();
  const readings = await paced(PER_BOARD, ms, (count) => {
    for (const [device] of stage.boards.entries()) {
      const { key, at } = stage.reading(count, device);
      latest.set(key, at);
    }
  });
  const seconds = (performance.now() - began) / 1000;
  const visits = await guest.stop();
  const perSecond = (stage.frames - frames) / seconds;
  await sleep(1_000);
  const samples = memory.stop();
  const lost = [...latest].filter(([key, at]) => picture.get(key) !== at).length;
  const after = await rest(stage);
  const dropped = stage.boards.reduce((sum, board) => sum + board.dropped, 0);
  const half = samples.slice(Math.floor(samples.length / 2));
  const quarter = Math.ceil(half.length / 3);
  // The first half is warming up; the rest must be level.
  const slope = median(half.slice(-quarter)) - median(half.slice(0, quarter));

  row('readings', readings * BOARDS);
  row('visits of the second phone', visits);
  row('final values that did not arrive', lost, 0);
  row('bytes that were not read in time', dropped, 0);
  row('frames a second', perSecond, FRAMES);
  row('growth of memory in the second half, MB', slope, 4);
  row('memory at the end, MB', samples.at(-1));
  row('growth of the heap without garbage, MB', (after.heap - before.heap) / MB, 3);
  row('file descriptors more than at the beginning', after.fds - before.fds, 0);
  row('timers more than at the beginning', after.timers - before.timers, 2);
} finally {
  await stage.close();
}

console.log(['| what | measured | at most | |', '|---|---|---|---|', ...rows.map(line)].join('\n'));
process.exit(rows.some(violates) ? 1 : 0);

function row(what, value, limit) {
  rows.push({ what, value, limit });
}

function violates({ value, limit }) {
  return limit !== undefined && !(value <= limit);
}

function line(entry) {
  const { what, value, limit } = entry;
  const word = limit === undefined ? '' : violates(entry) ? 'VIOLATED' : 'ok';
  return `| ${what} | ${short(value)} | ${limit ?? ''} | ${word} |`;
}

/** What the program holds while nothing happens. */
async function rest({ program }) {
  await sleep(1_000);
  const census = await program.ask('census');
  return { ...census, fds: program.fds };
}
