import { FloodBoard, floodLines } from '../flood.mjs';
import { median } from '../statistics.mjs';
import { sleep } from '../wait.mjs';

export const stalledStage = { makeBoard: (link) => new FloodBoard(link) };
const MB = 1024 * 1024;

/** Row G: growth of program and relay in MB while a board floods and a second phone does not read, after `settleMs` of it. */
export async function stalled(stage, settleMs, ms) {
  const lazy = await stage.phone('lazy');
  lazy.stall();
  const samples = [];
  const flooding = floodLines(stage.board, stage.channels, settleMs + ms);
  const end = performance.now() + settleMs + ms;
  await sleep(settleMs);
  while (performance.now() < end - 250) {
    samples.push({ program: stage.program.rss, relay: stage.relay.rss });
    await sleep(Math.min(500, ms / 8));
  }
  await flooding;
  const part = Math.max(1, Math.floor(samples.length / 5));
  const growth = (who) =>
    (median(samples.slice(-part).map((sample) => sample[who])) -
      median(samples.slice(0, part).map((sample) => sample[who]))) /
    MB;
  return { program: growth('program'), relay: growth('relay') };
}
