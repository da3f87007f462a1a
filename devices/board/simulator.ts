import { decodeHostLine } from '../../firmware-protocol/decode.js';
import { encodeBoardLine } from '../../firmware-protocol/encode.js';
import { MAX_HOST_LINE, MAX_SEQ } from '../../firmware-protocol/limits.js';
import type { BoardMessage, NakCode, PointDescription } from '../../firmware-protocol/message.js';
import type { Clock, Timer } from '../../src/clock.js';
import type { Value } from '../../src/device/point.js';
import { seededRandom } from '../../src/device/seeded-random.js';
import { toWire } from '../../src/device/wire-text.js';
import { WiredSimulator } from '../../src/device/wired-simulator.js';
import { DEFAULT_POINTS, sensorValue } from './default-board.js';
import { type Execution, Firmware, type FirmwareIdentity } from './firmware.js';
import { damage, flipBits } from './noise.js';
import { answerPerson } from './serial-monitor.js';

/** A sketch's loop() and its measurements. */
const LOOP_MS = 20;
const MEASURE_MS = 1_000;
const BUTTON_MS = 15_000;

/** What a simulated board is made of, where it is not the usual one. */
export interface BoardParts {
  readonly identity?: Partial<FirmwareIdentity>;
  readonly points?: readonly PointDescription[];
  /** Milliseconds that an enum output needs from one value to another. */
  readonly travel?: number;
}

/** A board as its library behaves on the wire. Its trouble is switchable; equal seeds say equal things at equal times. */
export class BoardSimulator extends WiredSimulator {
  readonly identity: FirmwareIdentity;
  readonly points: readonly PointDescription[];
  /** How often each command was carried out, by session, id and text; over all starts. */
  readonly executions = new Map<string, number>();

  private firmware: Firmware;
  private readonly random: () => number;
  private readonly travel: number;
  private timers: Timer[] = [];
  private boots = 0;
  private seq = 0;
  private heard = '';
  private spokenTo = false;
  private delay = 0;
  private mute = false;
  private deafened = false;
  private lying = false;
  private garbled = 0;
  private flips = { toBoard: 0, toHost: 0 };
  private refusing: NakCode | undefined;

  constructor(
    clock: Clock,
    private readonly seed: number,
    { identity, points = DEFAULT_POINTS, travel = 600 }: BoardParts = {},
  ) {
    super(clock);
    this.identity = { id: `board${seed}`, name: `Simulated board ${seed}`, firmware: '1.0', ...identity };
    this.points = points;
    this.travel = travel;
    this.random = seededRandom(seed);
    this.firmware = this.boot();
  }

  /** Starts anew, as after a press on its button: another boot id, outputs at rest, hello. */
  override reset(): void {
    this.quiet();
    this.firmware = this.boot();
    this.firmware.start();
    this.repeat(LOOP_MS, () => this.firmware.loop());
    this.repeat(MEASURE_MS, () => this.measure());
    if (this.points.some(({ id }) => id === 'button')) this.repeat(BUTTON_MS, () => this.happen('button', 'pressed'));
  }

  /** Hears each line only after `ms`. */
  late(ms: number): void {
    this.delay = ms;
  }

  /** Says nothing any more, though it still obeys. */
  silent(on = true): void {
    this.mute = on;
  }

  /** Hears nothing any more, though it still speaks: a broken wire from the host. */
  deaf(on = true): void {
    this.deafened = on;
  }

  /** Acknowledges another value than was set. */
  lie(on = true): void {
    this.lying = on;
  }

  /** Refuses every command; `false` ends it. */
  refuse(code: NakCode | false = 'busy'): void {
    this.refusing = code || undefined;
    this.firmware.refusing = this.refusing;
  }

  /** Damages this part of its lines, 0 to 1. */
  garble(rate: number): void {
    this.garbled = rate;
  }

  /** Flips each bit with this probability, by direction. */
  flip(toBoard: number, toHost = toBoard): void {
    this.flips = { toBoard, toHost };
  }

  /** Something happens at an event point. */
  happen(point: string, event: string): void {
    this.firmware.happen(point, event);
  }

  /** A sensor measures `value`, in its wire form, until the next measurement. */
  sense(point: string, value: string): void {
    this.firmware.measure([[point, value]]);
  }

  /** What the output really is. */
  output(point: string): Value | undefined {
    return this.firmware.outputs.get(point)?.value;
  }

  private boot(): Firmware {
    this.seq = 0;
    this.heard = '';
    this.spokenTo = false;
    const firmware = new Firmware({
      identity: this.identity,
      points: this.points,
      boot: 1 + Math.floor(this.random() * 900_000_000) + this.boots++,
      travel: this.travel,
      now: () => this.clock.now(),
      say: (message) => this.say(message),
      executed: (command, session) => this.count(command, session),
    });
    firmware.refusing = this.refusing;
    firmware.measure(this.measurements());
    return firmware;
  }

  private count(command: Execution, session: number): void {
    const key = `${this.boots}/${session}: ${Object.values(command).join(' ')}`;
    this.executions.set(key, (this.executions.get(key) ?? 0) + 1);
  }

  private measure(): void {
    this.firmware.measure(this.measurements());
  }

  private measurements(): [string, string][] {
    const now = this.clock.now();
    return this.points.flatMap((point, index) =>
      point.role === 'sensor' ? [[point.id, sensorValue(point, 0.381966 * (this.seed + index), now)]] : [],
    );
  }

  protected override receive(bytes: string): void {
    if (this.deafened) return;
    const lines = (this.heard + flipBits(bytes, this.flips.toBoard, this.random)).split('\n');
    // Of an endless line a board keeps only that it was too long.
    this.heard = (lines.pop() ?? '').slice(0, MAX_HOST_LINE);
    for (const line of lines) {
      if (this.delay === 0) this.hear(line);
      else this.later(this.delay, () => this.hear(line));
    }
  }

  private hear(raw: string): void {
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const { message } = decodeHostLine(line);
    if (message) {
      this.spokenTo = true;
      this.firmware.obey(message);
    } else if (!this.spokenTo && /^[a-z][^*]*$/.test(line) && line.length < MAX_HOST_LINE) {
      for (const answer of answerPerson(this.firmware, this.points, line)) this.send(answer);
    } else {
      this.firmware.dropped++;
    }
  }

  private say(message: BoardMessage): void {
    this.seq = message.verb === 'hello' ? 0 : (this.seq + 1) % (MAX_SEQ + 1);
    this.send(encodeBoardLine(this.seq, this.lying ? this.lieAbout(message) : message));
  }

  private lieAbout(message: BoardMessage): BoardMessage {
    if (message.verb !== 'ack' || message.value === '-') return message;
    return { ...message, value: message.value === '0' ? '1' : '0' };
  }

  private send(line: string): void {
    const text = this.random() < this.garbled ? damage(line, this.random) : line;
    if (!this.mute) this.port?.send(flipBits(toWire(`${text}\n`), this.flips.toHost, this.random));
  }

  protected override quiet(): void {
    for (const timer of this.timers) timer.cancel();
    this.timers = [];
    super.quiet();
  }

  private repeat(ms: number, work: () => void): void {
    const index = this.timers.length;
    const again = () => {
      this.timers[index] = this.clock.after(ms, () => {
        again();
        work();
      });
    };
    again();
  }
}
