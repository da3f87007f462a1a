import { BoardDriver } from '../../devices/board/driver.js';
import { boardKind } from '../../devices/board/kind.js';
import { Manifests } from '../../devices/board/manifests.js';
import { BoardSimulator } from '../../devices/board/simulator.js';
import type { PointDescription } from '../../firmware-protocol/message.js';
import type { Clock } from '../../src/clock.js';
import type { DeviceSession } from '../../src/device/driver.js';
import type { Simulator, SimulatorPort } from '../../src/device/driver-kind.js';
import { seededRandom } from '../../src/device/seeded-random.js';
import { DriverBench } from './driver-bench.js';

/** Readings for each command, and commands of one session. */
export interface NoisyShape {
  readonly readings: number;
  readonly session: number;
}

const USUAL: NoisyShape = { readings: 4, session: 5_000 };
/** How long a command may take: in a hopeless noise time is better spent on others. */
const WITHIN_MS = 480;

/** A board that can be told what to measure, and tells what it was told to do. */
export interface NoisyBoard extends Simulator {
  /** How often each command was carried out: `… set fan 5`. */
  readonly executions: Map<string, number>;
  sense(point: string, value: string): void;
  output(point: string): unknown;
  /** Flips each bit with this probability, both ways. */
  flip(rate: number): void;
  /** Ends it for good. */
  close?(): void;
}

/** Makes the board of one session, which has the points `said`, `pump` and `fan`. */
export type NoisyBoardOf = (clock: Clock, random: () => number) => NoisyBoard;

const simulated: NoisyBoardOf = (clock, random) =>
  new BoardSimulator(clock, Math.floor(random() * 2 ** 31), { points: POINTS });

const PLAIN = { label: '', unit: '', lease: 0, options: [] } as const;
const POINTS: readonly PointDescription[] = [
  { ...PLAIN, id: 'said', role: 'sensor', type: 'text' },
  { ...PLAIN, id: 'pump', role: 'actuator', type: 'boolean', safe: false },
  { ...PLAIN, id: 'fan', role: 'actuator', type: 'number', min: 0, max: 999, step: 1, safe: 0 },
];

/** What a run over a noisy line came to. */
export interface NoisyRun {
  /** Lines that went over the line, both ways. */
  lines: number;
  /** Commands that were confirmed. */
  confirmed: number;
  /** Commands that were given up, after which nobody says what became of them. */
  unconfirmed: number;
  /** Lines that the host dropped. */
  dropped: number;
  /** Sessions that were given up. */
  losses: number;
  /** Everything that must not happen, in words. */
  wrong: string[];
}

/**
 * Sends commands and readings over a line that flips each bit with probability `rate`, in virtual time, until `lines` lines
 * were said, and compares what the host believes and the board did with what was really said and wanted.
 */
export async function runNoisyLine(
  rate: number,
  lines: number,
  seed: number,
  shape = USUAL,
  boardOf = simulated,
): Promise<NoisyRun> {
  const random = seededRandom(seed);
  const run: NoisyRun = { lines: 0, confirmed: 0, unconfirmed: 0, dropped: 0, losses: 0, wrong: [] };
  while (run.lines < lines) await oneSession(rate, lines, random, run, shape, boardOf);
  return run;
}

async function oneSession(
  rate: number,
  lines: number,
  random: () => number,
  run: NoisyRun,
  shape: NoisyShape,
  boardOf: NoisyBoardOf,
): Promise<void> {
  const options = boardKind.options.parse({ port: '/dev/fake' });
  const bench = new DriverBench(new BoardDriver(options, new Manifests(), random));
  const board = boardOf(bench.clock, random);
  plug(bench, board, () => run.lines++);
  const session = await bench.connect(500);
  const check = (holds: boolean, what: string) => {
    if (!holds && run.wrong.length < 20) run.wrong.push(what);
  };
  bench.store.subscribe({
    changed: (_, points) => {
      if (points.includes('said')) check(isSaying(bench.values['said']), `reading ${bench.values['said']}`);
      const fan = bench.values['fan'];
      check(fan === null || typeof fan !== 'number' || wished.has(fan), `fan reads ${fan}`);
    },
  });
  const wished = new Set<unknown>([0]);
  board.flip(rate);
  let over = false;
  void bench.io.ended.then(() => {
    over = true;
  });
  const before = bench.counters.ignored;
  for (let i = 0; i < shape.session && run.lines < lines && !over; i++) {
    for (let n = 0; n < shape.readings; n++) board.sense('said', saying(random));
    await command(bench, session, board, { i, random, run, wished, check });
  }
  run.dropped += bench.counters.ignored - before + bench.counters.garbled;
  run.losses += over ? 1 : 0;
  board.unplug();
  await bench.close();
  board.close?.();
}

/** Joins the two, and counts each line that is said. */
function plug(bench: DriverBench, board: NoisyBoard, count: () => void): void {
  const wire: SimulatorPort = {
    send: (bytes) => {
      count();
      bench.port.send(Buffer.from(bytes, 'latin1'));
    },
    receive: () => {},
  };
  bench.port.onWrite = (line) => {
    count();
    wire.receive(`${line}\n`);
  };
  board.plug(wire);
}

/** A reading that gives itself away when a part of it is changed. */
function saying(random: () => number): string {
  const number = Math.floor(random() * 1_000_000);
  return `${number}:${number * 7}`;
}

function isSaying(value: unknown): boolean {
  if (value === 'fine') return true;
  const [number, product] = String(value).split(':');
  return Number(number) * 7 === Number(product);
}

interface Turn {
  readonly i: number;
  readonly random: () => number;
  readonly run: NoisyRun;
  readonly wished: Set<unknown>;
  check(holds: boolean, what: string): void;
}

/** One command, and whether what came of it is what was wanted. */
async function command(bench: DriverBench, session: DeviceSession, board: NoisyBoard, turn: Turn): Promise<void> {
  const { i, random, run, wished, check } = turn;
  const point = i % 2 === 0 ? 'fan' : 'pump';
  const value = point === 'pump' ? random() < 0.5 : Math.floor(random() * 1_000);
  if (point === 'fan') wished.add(value);
  const wish = `set ${point} ${value}`;
  board.executions.clear();
  let acked = false;
  const done = bench.apply(session, { point, value }, WITHIN_MS).then(
    (confirmed) => {
      run.confirmed++;
      acked = true;
      check(confirmed.value === value, `${wish} was confirmed as ${confirmed.value}`);
      check(String(board.output(point)) === String(value), `${wish} was confirmed, but it is ${board.output(point)}`);
    },
    () => {
      run.unconfirmed++;
    },
  );
  let settled = false;
  void done.then(() => {
    settled = true;
  });
  await bench.clock.advance(0);
  while (!settled) await bench.clock.advance(40);
  // A confirmed command was carried out once, one that was given up at most once, and nothing else was.
  const [what, times = 0] = [...board.executions][0] ?? [];
  const once = board.executions.size === 1 && times === 1 && (what?.includes(` ${point} `) ?? false);
  check(once || (!acked && board.executions.size === 0), `${wish} was carried out as ${what}, ${times} times`);
}

/** How many of `tries` boards are live within `within` milliseconds while the line flips each bit with probability `rate`. */
export async function connectNoisily(rate: number, tries: number, within: number): Promise<number> {
  let live = 0;
  for (let seed = 1; seed <= tries; seed++) {
    const options = boardKind.options.parse({ port: '/dev/fake' });
    const bench = new DriverBench(new BoardDriver(options, new Manifests(), seededRandom(seed)));
    const board = new BoardSimulator(bench.clock, seed);
    board.flip(rate);
    bench.plug(board);
    await bench.connect(within).then(
      () => live++,
      () => {},
    );
    board.unplug();
    await bench.close();
  }
  return live;
}
