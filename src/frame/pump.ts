import type { Clock, Timer } from '../clock.js';
import { describeError } from '../error.js';
import type { Log } from '../log.js';
import type { Budget } from './budget.js';
import type { Lane } from './lane.js';
import type { Pressure } from './pressure.js';
import type { Stamp } from './shapes.js';
import type { FrameSink } from './sink.js';

/** What a pump is built from. */
export interface PumpParts {
  clock: Clock;
  sink: FrameSink;
  budget: Budget;
  pressure: Pressure;
  stamp: Stamp;
  log: Log;
}

/** A lane in its place. */
export interface Served {
  readonly lane: Lane;
  /** True for a lane that may use the reserve, passes a stalled socket, and is overtaken by a turn of others only. */
  readonly urgent: boolean;
  /** Milliseconds that it waits behind better lanes before it gets a turn. */
  readonly patience: number;
}

/** A lane whose turn it is. */
interface Next {
  readonly served: Served;
  /** It may use the budget's reserve. */
  readonly reserve: boolean;
  /** It goes before a better one that is not urgent. */
  readonly overtakes: boolean;
}

/** Urgent frames in a row before another lane that waits gets a turn: urgent ones are three of four at most. */
const URGENT_RUN = 3;
/** Wait after a frame that could not be sent. */
const RETRY_MS = 100;

/** Asks lanes for frames and sends them, best lane first, as fast as budget, socket and peers allow. */
export class Pump {
  /** Frames sent, by kind. */
  readonly frames = new Map<string, number>();
  /** Frames that the connection refused; they are sent again. */
  failures = 0;

  private lanes: readonly Served[] = [];
  private opening: Lane | undefined;
  private drained: (() => void) | undefined;
  private readonly waitsSince = new Map<Lane, number>();
  /** Urgent frames since the last other one. */
  private urgentRun = 0;
  /** The last frame that was not urgent went before a better lane's: the next one does not. */
  private overtaken = false;
  private scheduled = false;
  private timer: Timer | undefined;
  private timerAt = 0;
  private retryAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: PumpParts) {}

  /** Serves these lanes, best first, from now on; with `opening`, that lane's frame goes first, but for urgent ones. */
  serve(lanes: readonly Served[], opening?: Lane): void {
    this.lanes = lanes;
    this.opening = opening;
    this.waitsSince.clear();
    this.retryAt = Number.NEGATIVE_INFINITY;
    if (this.parts.sink.ready) this.run();
    else this.wake();
  }

  /** Serves nothing. */
  stop(): void {
    this.lanes = [];
    this.opening = undefined;
    this.timer?.cancel();
    this.timer = undefined;
    this.drained?.();
  }

  /** A lane has something to say. What is said until the end of the current task goes into the same frames. */
  wake(): void {
    if (this.scheduled || this.lanes.length === 0) return;
    this.scheduled = true;
    queueMicrotask(() => {
      this.scheduled = false;
      this.run();
    });
  }

  /** Resolves when no lane has anything left, when the pump is stopped, or after `ms`. */
  drain(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        timer.cancel();
        this.drained = undefined;
        resolve();
      };
      const timer = this.parts.clock.after(ms, done);
      this.drained = done;
      this.run();
    });
  }

  private run(): void {
    const { clock, sink, budget, pressure } = this.parts;
    for (;;) {
      const next = this.choose(clock.now());
      if (!next) break;
      if (!sink.ready) this.retryAt = clock.now() + RETRY_MS;
      const retry = this.retryAt - clock.now();
      const wait = Math.max(retry, budget.waitMs(next.reserve), pressure.waitMs(next.served.urgent));
      if (wait > 0) {
        this.runIn(wait);
        return;
      }
      this.send(next);
    }
    const idle = Math.min(...this.lanes.map(({ lane }) => lane.dueIn()));
    if (idle === Number.POSITIVE_INFINITY) this.drained?.();
    else this.runIn(idle);
  }

  /** The lane that is next. */
  private choose(now: number): Next | undefined {
    const urgent = this.lanes.find((served) => served.urgent && served.lane.dueIn() <= 0);
    const other = this.chooseOther(now);
    if (!urgent) return other;
    const turn = other && this.urgentRun >= URGENT_RUN && this.parts.pressure.waitMs(false) === 0;
    return turn ? { ...other, reserve: true } : { served: urgent, reserve: true, overtakes: false };
  }

  /** The best lane with a frame that is not urgent; every other time one that has waited beyond its patience. */
  private chooseOther(now: number): Next | undefined {
    let best: Served | undefined;
    let overdue: Served | undefined;
    let longest = 0;
    for (const served of this.lanes) {
      const { lane, patience, urgent } = served;
      if (urgent) continue;
      if (lane.dueIn() > 0) {
        this.waitsSince.delete(lane);
        continue;
      }
      best ??= served;
      if (lane === this.opening) return { served, reserve: false, overtakes: served !== best };
      const since = this.waitsSince.get(lane) ?? now;
      this.waitsSince.set(lane, since);
      if (now - since - patience > longest) {
        longest = now - since - patience;
        overdue = served;
      }
    }
    const served = this.overtaken ? best : (overdue ?? best);
    return served && { served, reserve: false, overtakes: served !== best };
  }

  /** Sends a lane's next frame; one that the connection does not take stays the next. */
  private send({ served: { lane, urgent }, overtakes }: Next): void {
    const { clock, sink, budget, pressure, stamp, log } = this.parts;
    const frame = lane.frame();
    if (!frame) return;
    const reply = typeof frame === 'function';
    try {
      if (reply) frame();
      else sink.broadcast(stamp.on(frame));
    } catch (error) {
      this.failures++;
      log.debug({ lane: lane.name, error: describeError(error) }, 'a frame was not taken by the connection');
      if (!reply) {
        this.retryAt = clock.now() + RETRY_MS;
        return;
      }
    }
    budget.spend();
    if (!reply) stamp.sent();
    if (!urgent) {
      pressure.sent();
      this.overtaken = overtakes;
    }
    this.urgentRun = urgent ? this.urgentRun + 1 : 0;
    const kind = reply ? 'reply' : lane.name;
    this.frames.set(kind, (this.frames.get(kind) ?? 0) + 1);
    lane.sent();
    this.waitsSince.delete(lane);
    if (lane === this.opening && lane.dueIn() > 0) this.opening = undefined;
  }

  private runIn(ms: number): void {
    const { clock } = this.parts;
    const at = clock.now() + ms;
    if (this.lanes.length === 0) return;
    if (this.timer && this.timerAt <= at) return;
    this.timer?.cancel();
    this.timerAt = at;
    this.timer = clock.after(ms, () => {
      this.timer = undefined;
      this.run();
    });
  }
}
