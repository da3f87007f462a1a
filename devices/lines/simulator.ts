import type { Clock, Timer } from '../../src/clock.js';
import type { Value } from '../../src/device/point.js';
import { seededRandom } from '../../src/device/seeded-random.js';
import { fromWire, toWire } from '../../src/device/wire-text.js';
import { WiredSimulator } from '../../src/device/wired-simulator.js';
import { type LinePoint, linePoints } from './line-point.js';
import { type LinesOptions, wireNames } from './options.js';
import { Pattern } from './pattern.js';
import { type RenderLine, renderer, renderPattern } from './render.js';
import { matchTemplate } from './template.js';
import { understand } from './words.js';

/** A sketch that prints every half second. */
const TICK_MS = 500;
const MAX_COMMAND = 1024;

const GREENHOUSE: readonly SimulatedPoint[] = [
  { name: 'temp', type: 'number', low: 18, high: 26 },
  { name: 'hum', type: 'number', low: 35, high: 75 },
  { name: 'light', type: 'number', low: 0, high: 900 },
  { name: 'pump', type: 'boolean', low: 0, high: 1 },
];

interface SimulatedPoint {
  readonly name: string;
  readonly type: 'boolean' | 'number' | 'enum' | 'string';
  readonly low: number;
  readonly high: number;
  readonly options?: readonly string[];
  readonly line?: LinePoint;
}

/** A board whose sketch prints lines that fit the options and obeys their write templates. Its trouble is switchable. */
export class LinesSimulator extends WiredSimulator {
  private tick: Timer | undefined;
  private readonly points: readonly SimulatedPoint[];
  private readonly render: RenderLine;
  private readonly outputs = new Map<string, Value>();
  private readonly random: () => number;
  private heard = '';
  private delay = 0;
  private mute = false;
  private lying = false;
  private refusing = false;
  private garbled = 0;
  private flooding = 0;

  /** Equal options and seeds say equal things at equal times. */
  constructor(
    private readonly options: LinesOptions,
    clock: Clock,
    private readonly seed: number,
  ) {
    super(clock);
    this.points = simulatedPoints(options);
    this.render = renderer(options.format);
    this.random = seededRandom(seed);
  }

  /** Starts anew, as after a press on its button: outputs at rest, banner, readings. */
  override reset(): void {
    this.quiet();
    for (const { line } of this.points) if (line?.command) this.outputs.set(line.spec.id, restOf(line));
    this.heard = '';
    const { banner } = this.options;
    this.say(banner === undefined ? 'simulated sketch, ready' : renderPattern(new Pattern(banner), new Map()));
    this.schedule();
  }

  /** Obeys and answers commands only after `ms`. */
  late(ms: number): void {
    this.delay = ms;
  }

  /** Says nothing any more, though it still obeys. */
  silent(on = true): void {
    this.mute = on;
  }

  /** Says another value than was set. */
  lie(on = true): void {
    this.lying = on;
  }

  /** Obeys no command; says so where the options know how. */
  refuse(on = true): void {
    this.refusing = on;
  }

  /** Damages this part of its lines, 0 to 1. */
  garble(rate: number): void {
    this.garbled = rate;
  }

  /** Sends this many bytes without a newline every half second instead of readings; 0 ends it. */
  flood(bytesPerTick: number): void {
    this.flooding = bytesPerTick;
  }

  /** What the output really is. */
  output(point: string): Value | undefined {
    return this.outputs.get(point);
  }

  protected override quiet(): void {
    this.tick?.cancel();
    super.quiet();
  }

  private schedule(): void {
    this.tick = this.clock.after(TICK_MS, () => {
      if (this.flooding > 0) this.send('U'.repeat(this.flooding));
      else this.sayReadings();
      this.schedule();
    });
  }

  protected override receive(bytes: string): void {
    const newline = { lf: '\n', crlf: '\r\n', cr: '\r' }[this.options.newline];
    const lines = (this.heard + bytes).split(newline);
    this.heard = (lines.pop() ?? '').slice(-MAX_COMMAND);
    for (const line of lines.map(fromWire)) {
      if (this.delay === 0) this.obey(line);
      else this.later(this.delay, () => this.obey(line));
    }
  }

  private obey(text: string): void {
    for (const { line } of this.points) {
      const raw = line?.command && matchTemplate(line.command.template, text);
      if (!line?.command || raw === undefined) continue;
      const value = understand(line.understanding, raw);
      const { confirm } = line.command;
      if (this.refusing || value === undefined || value === null) {
        if (confirm.by === 'reply' && confirm.refuse) this.say(renderPattern(confirm.refuse, new Map()));
        else this.say(`refused ${text}`);
        return;
      }
      this.outputs.set(line.spec.id, value);
      if (confirm.by === 'reading') this.sayReadings();
      if (confirm.by === 'reply') this.say(renderPattern(confirm.reply, new Map([['value', this.wordOf(line)]])));
      return;
    }
    this.say(`unknown command ${text}`);
  }

  private sayReadings(): void {
    this.say(this.render(new Map(this.points.map((point) => [point.name, this.reading(point)]))));
  }

  private reading(point: SimulatedPoint): Value {
    if (point.line?.command) return this.options.format === 'json' ? this.claim(point.line) : this.wordOf(point.line);
    const index = this.points.indexOf(point);
    // One turn a minute; each board and each point is at another place of it.
    const wave = (1 + Math.sin(2 * Math.PI * (this.clock.now() / 60_000 + 0.381966 * (this.seed + index)))) / 2;
    if (point.type === 'boolean') return wave > 0.5;
    if (point.type === 'number') return Math.round(10 * (point.low + wave * (point.high - point.low))) / 10;
    return point.options?.[Math.min(point.options.length - 1, Math.floor(wave * point.options.length))] ?? 'fine';
  }

  private wordOf(line: LinePoint): Value {
    const value = this.claim(line);
    return line.command?.template.words?.get(value) ?? value;
  }

  /** What it says the output is. */
  private claim({ spec }: LinePoint): Value {
    const value = this.outputs.get(spec.id) ?? false;
    if (!this.lying) return value;
    if (typeof value === 'boolean') return !value;
    if (typeof value === 'number') return value + Math.max(1, spec.step ?? 1);
    return spec.options?.find((option) => option !== value) ?? `not ${value}`;
  }

  private say(line: string): void {
    const text = this.random() < this.garbled ? damaged(line, this.random) : line;
    this.send(`${text}\r\n`);
  }

  private send(text: string): void {
    if (!this.mute) this.port?.send(toWire(text));
  }
}

function simulatedPoints(options: LinesOptions): readonly SimulatedPoint[] {
  const listed = [...(linePoints(options)?.values() ?? [])].filter(({ spec }) => spec.role !== 'event');
  const points = listed.map((line): SimulatedPoint => {
    const { type, options: words, min, max } = line.spec;
    const low = min ?? Math.min(0, (max ?? 10) - 10);
    return { name: line.from, type, low, high: max ?? low + 10, line, ...(words ? { options: words } : {}) };
  });
  const names = wireNames(options.format)?.filter((name) => !points.some((point) => point.name === name)) ?? [];
  const unlisted = names.map((name): SimulatedPoint => ({ name, type: 'number', low: 0, high: 100 }));
  const all = [...points, ...unlisted];
  return all.length > 0 ? all : GREENHOUSE;
}

function restOf({ spec }: LinePoint): Value {
  if (spec.safe !== undefined) return spec.safe;
  if (spec.type === 'boolean') return false;
  return spec.type === 'number' ? (spec.min ?? 0) : (spec.options?.[0] ?? 'none');
}

/** Some characters replaced, as by a loose wire: still a line. */
function damaged(line: string, random: () => number): string {
  return [...line].map((char) => (random() < 0.3 ? '#$&?@~^'[Math.floor(random() * 7)] : char)).join('');
}
