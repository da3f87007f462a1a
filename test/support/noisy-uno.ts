import { GREENHOUSE } from '../../devices/board/avr-greenhouse.js';
import { decodeBoardLine } from '../../firmware-protocol/decode.js';
import { seededRandom } from '../../src/device/seeded-random.js';
import { outcome } from './driver-bench.js';
import { UnoBench } from './uno-bench.js';

/** How long a command may take: in a hopeless noise time is better spent on others. */
const WITHIN_MS = 480;
/** Sensors move now and then, so that there are readings beside the commands. */
const WEATHER_EVERY = 3;

/** What a run over a noisy line came to. */
export interface NoisyUnoRun {
  lines: number;
  confirmed: number;
  unconfirmed: number;
  /** Bytes that the chip's receiver lost. */
  overruns: number;
  /** Everything that must not happen, in words. */
  wrong: string[];
}

/**
 * Switches the pump of a real firmware over a line that flips each bit with probability `rate`, in virtual time, until
 * `lines` lines went over it; compares the pin with what was confirmed, and each value in the store with what was said.
 */
export async function runNoisyUno(rate: number, lines: number, seed: number): Promise<NoisyUnoRun> {
  const run: NoisyUnoRun = { lines: 0, confirmed: 0, unconfirmed: 0, overruns: 0, wrong: [] };
  for (let n = 0; run.lines < lines; n++) await oneSession(rate, lines, seed + n, run);
  return run;
}

async function oneSession(rate: number, lines: number, seed: number, run: NoisyUnoRun): Promise<void> {
  const random = seededRandom(seed);
  const bench = new UnoBench({ seed });
  const { host, uno } = bench;
  const { pins } = uno;
  const session = await bench.connect();
  const check = (holds: boolean, what: string) => {
    if (!holds && run.wrong.length < 20) run.wrong.push(what);
  };
  const said = new Map<string, Set<string>>();
  let read = 0;
  const hear = () => {
    for (; read < bench.said.length; read++) learn(said, bench.said[read] ?? '');
  };
  host.store.subscribe({
    changed: (_, points) => {
      hear();
      for (const point of points) {
        const value = wireForm(host.values[point]);
        check(value === '?' || (said.get(point)?.has(value) ?? false), `${point} reads ${value}, which was never said`);
      }
    },
  });
  let rising = 0;
  let falling = 0;
  pins.onEdge(GREENHOUSE.pump, (high) => {
    if (high) rising++;
    else falling++;
  });
  let over = false;
  void host.io.ended.then(() => {
    over = true;
  });
  const before = bench.said.length + bench.written.length;
  const lineCount = () => bench.said.length + bench.written.length - before;
  bench.flip = rate;
  for (let n = 0; run.lines + lineCount() < lines && !over; n++) {
    if (n % WEATHER_EVERY === 0) pins.analog(GREENHOUSE.light, 5 * random());
    const was = pins.level(GREENHOUSE.pump);
    [rising, falling] = [0, 0];
    const wish = { point: 'pump', value: !was };
    const done = await bench.finish(outcome(host.apply(session, wish, WITHIN_MS)));
    const is = pins.level(GREENHOUSE.pump);
    if (typeof done === 'object') {
      run.confirmed++;
      // A lease that ran out meanwhile may have switched it off again, and nothing else may.
      const turned = wish.value ? rising === 1 : rising === 0 && falling === 1 && !is;
      check(done.value === wish.value && turned, `${wish.value} was confirmed: ${rising} rises, ${falling} falls`);
    } else {
      run.unconfirmed++;
      check(rising <= (wish.value ? 1 : 0), `${wish.value} was given up (${done}): ${rising} rises`);
    }
  }
  run.lines += lineCount();
  run.overruns += uno.chip.usart.overruns;
  bench.flip = 0;
  await bench.close();
}

function learn(said: Map<string, Set<string>>, line: string): void {
  const { message } = decodeBoardLine(line);
  if (message?.verb !== 'reading') return;
  for (const { point, value } of message.values) {
    const values = said.get(point) ?? new Set();
    values.add(normal(value));
    said.set(point, values);
  }
}

const normal = (value: string): string => (/^-?[\d.]+$/.test(value) ? String(Number(value)) : value);

/** A value of the store as a board says it; the words of the only enum are in their order. */
function wireForm(value: unknown): string {
  if (value === null || value === undefined) return '?';
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (value === 'closed' || value === 'open') return value === 'open' ? '1' : '0';
  return String(value);
}
