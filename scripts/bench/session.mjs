import { bridge, floor, sealedBridge } from './dialect.mjs';
import { delay } from './measure/delay.mjs';
import { echo, ONE_PHONE_MS } from './measure/echo.mjs';
import { endless, endlessStage } from './measure/endless.mjs';
import { growth } from './measure/growth.mjs';
import { joiner, joinerStage } from './measure/joiner.mjs';
import { latency } from './measure/latency.mjs';
import { load } from './measure/load.mjs';
import { replug } from './measure/replug.mjs';
import { stalled, stalledStage } from './measure/stalled.mjs';
import { stop } from './measure/stop.mjs';
import { floodStage, throughput } from './measure/throughput.mjs';
import { warmUp } from './measure/warm.mjs';
import { wire } from './measure/wire.mjs';
import { Stage } from './stage.mjs';
import { median } from './statistics.mjs';
import { sleep } from './wait.mjs';

const MB = 1024 * 1024;

/** Opens a stage, works on it, and closes it whatever happens. */
export async function on(dialect, options, work) {
  const stage = await Stage.open(dialect, options);
  try {
    const result = await work(stage);
    const dropped = stage.boards.reduce((sum, board) => sum + (board.dropped ?? 0), 0);
    if (dropped > 0) throw new Error(`${dialect.name}: ${dropped} bytes of the boards were not read in time`);
    return result;
  } finally {
    await stage.close();
  }
}

/** One run of one program over the rows that are measured in pairs; figures by row. */
export async function pairedRun(dialect, rows, plan) {
  const figures = {};
  if (['A', 'B', 'C', 'I', 'L', 'M'].some((row) => rows.has(row))) {
    await on(dialect, { relayWarmMs: plan.warm }, async (stage) => {
      figures.M = stage.firstBroadcast;
      figures.M1 = stage.firstValue;
      await sleep(plan.idle);
      figures.I = stage.program.rss / MB;
      await warmUp(stage, plan.warm);
      if (rows.has('A')) {
        // The bridge puts thousands of warm-up lines into few frames; what makes and relays frames has to warm up by itself.
        await latency(stage, plan.warmLatency);
        const { p50, p99 } = await latency(stage, plan.latency);
        Object.assign(figures, { A: p50, A99: p99 });
      }
      if (rows.has('B')) {
        await echo(stage, plan.warmEcho);
        const { p50, p99 } = await echo(stage, plan.echo);
        Object.assign(figures, { B: p50, B99: p99 });
      }
      if (rows.has('C')) {
        await load(stage, plan.warm);
        const { cpuPerReading, framesPerReading, age99 } = await load(stage, plan.load);
        Object.assign(figures, { C: cpuPerReading, D: framesPerReading, E: age99 });
      }
      if (rows.has('L') && dialect === bridge) figures.L = (await delay(stage, plan.delay)).p99;
    });
  }
  if (rows.has('F')) {
    figures.F = await on(dialect, floodStage, (stage) => throughput(stage, plan.floodWarm, plan.flood));
  }
  return figures;
}

/** The rows that are measured of the bridge alone; beside them what the floor does, where it is telling. Figures by row. */
export async function singleRun(rows, plan, say) {
  const ours = {};
  const floors = {};
  if (rows.has('H')) {
    say('H: a line without an end');
    const { linear, grown, block } = await on(bridge, endlessStage, (stage) => endless(stage, plan.endlessMegabytes));
    Object.assign(ours, { H: linear, Hm: grown, Hb: block });
  }
  if (rows.has('K')) {
    say('K: late joiners');
    const { worst, frames } = await on(bridge, joinerStage, (stage) => joiner(stage, plan.joiners));
    Object.assign(ours, { K: worst, Kf: frames });
  }
  if (rows.has('J')) {
    say('J: replugs');
    ours.J = (await on(bridge, {}, (stage) => replug(stage, plan.replugs))).p99;
  }
  if (rows.has('W')) {
    say('W: a board on a line of 115200 baud');
    const { reading, tap } = await wire(plan.wireTimes);
    Object.assign(ours, { W: reading, Wt: tap });
  }
  if (rows.has('R')) {
    say('R: a room with a key');
    const { sealed, plain } = await room(plan);
    ours.R = sealed;
    floors.R = plain;
  }
  if (rows.has('X')) {
    say('X: emergency stops');
    ours.X = await on(bridge, {}, (stage) => stop(stage, plan.stops));
  }
  if (rows.has('S')) {
    say('S: 1, 4, 16 and 64 boards');
    Object.assign(ours, await scale(plan));
  }
  if (rows.has('G')) {
    say('G: a flood with a stalled phone');
    const { program, relay } = await on(bridge, stalledStage, (stage) =>
      stalled(stage, plan.stalledSettle, plan.stalled),
    );
    Object.assign(ours, { G: program, Gr: relay });
    const naive = await on(floor, stalledStage, (stage) => stalled(stage, 500, plan.naive));
    Object.assign(floors, { G: naive.program, Gr: naive.relay });
  }
  return { ours, floors };
}

/** Taps with and without a room key, in turn; medians of the rounds. */
async function room(plan) {
  const took = new Map([bridge, sealedBridge].map((dialect) => [dialect, []]));
  for (let round = 0; round < plan.roomRounds; round++) {
    for (const [dialect, list] of took) {
      const figure = await on(dialect, { relayWarmMs: plan.warm }, async (stage) => {
        await warmUp(stage, plan.warm);
        await echo(stage, plan.warmEcho, ONE_PHONE_MS);
        return (await echo(stage, plan.echo, ONE_PHONE_MS)).p50;
      });
      list.push(figure);
    }
  }
  return { plain: median(took.get(bridge)), sealed: median(took.get(sealedBridge)) };
}

async function scale(plan) {
  const costs = new Map([1, 4, 16, 64].map((boards) => [boards, []]));
  for (let round = 0; round < plan.growthRounds; round++) {
    for (const [boards, list] of costs) {
      list.push(await on(bridge, { devices: boards, channels: 4 }, (stage) => growth(stage, plan.growth)));
    }
  }
  const least = (boards) => Math.min(...costs.get(boards));
  const figures = { S1: least(1) };
  for (const boards of [4, 16, 64]) figures[`S${boards}`] = least(boards) / least(1);
  return figures;
}
