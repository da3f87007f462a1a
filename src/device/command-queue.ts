import type { Clock, Timer } from '../clock.js';
import { BridgeError } from '../error.js';
import type { Command, Confirmed } from './driver.js';
import { type Outcome, ofSuccessor, type RefusalCode, refusalOf, refused, supersededBy } from './outcome.js';
import type { Value } from './point.js';

/** A command on its way to the device. */
export interface QueuedCommand extends Command {
  /** Who wants it; a newer wish of the same origin takes the older one along, one of another origin refuses it. */
  readonly origin: string;
  /** `Clock.now()` by which the device must have confirmed. */
  readonly deadline: number;
  /** What to send in place of `value` when its turn has come, where that depends on what the output is at by then. */
  aim?(): Value;
}

/** Carries out one command on the live session; rejects with `port/…` or `device/…` errors. */
export type Apply = (command: Command, signal: AbortSignal) => Promise<Confirmed>;

interface Entry {
  readonly command: QueuedCommand;
  readonly settle: (outcome: Outcome | Promise<Outcome>) => void;
}

/** After the deadline a driver has this long to say what it knows, before the command counts as timed out. */
const LAST_WORD = 50;

/**
 * The commands of one device: one in flight (per device, or per point), the latest wish per point waiting.
 * It holds at most one waiting command per point.
 */
export class CommandQueue {
  private readonly waiting = new Map<string, Entry>();
  private readonly flying = new Map<string, { point: string; abort: AbortController }>();

  constructor(
    private readonly apply: Apply,
    private readonly inFlight: 'device' | 'point',
    private readonly clock: Clock,
  ) {}

  /** Number of commands waiting or in flight. */
  get size(): number {
    return this.waiting.size + this.flying.size;
  }

  /** True while a command for `point` waits or is in flight. */
  busy(point: string): boolean {
    return this.waiting.has(point) || [...this.flying.values()].some((flight) => flight.point === point);
  }

  /** Queues a command; resolves with how it ended, at the latest shortly after its deadline. Never rejects. */
  submit(command: QueuedCommand): Promise<Outcome> {
    let settle: Entry['settle'] = () => {};
    const outcome = new Promise<Outcome>((resolve) => {
      settle = resolve;
    });
    const older = this.waiting.get(command.point);
    // A replaced command gives up its place in the order too, or a dragged slider would starve its neighbours.
    this.waiting.delete(command.point);
    this.waiting.set(command.point, { command, settle });
    older?.settle(supersession(older.command, command) ?? ofSuccessor(outcome));
    this.pump();
    return outcome;
  }

  /** Refuses everything that waits and gives up on what is in flight. */
  clear(code: RefusalCode, message: string): void {
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { settle } of waiting) settle(refused(code, message));
    for (const { abort } of this.flying.values()) abort.abort(new ClearedError(code, message));
  }

  private pump(): void {
    for (const [point, entry] of this.waiting) {
      const slot = this.inFlight === 'device' ? '' : point;
      if (this.flying.has(slot)) continue;
      this.waiting.delete(point);
      if (this.clock.now() >= entry.command.deadline) {
        entry.settle(refused('expired', 'the device was busy until the command was too old'));
        continue;
      }
      const abort = new AbortController();
      this.flying.set(slot, { point, abort });
      void this.fly(entry.command, abort).then((outcome) => {
        this.flying.delete(slot);
        entry.settle(outcome);
        this.pump();
      });
    }
  }

  private async fly(command: QueuedCommand, abort: AbortController): Promise<Outcome> {
    let lastWord: Timer | undefined;
    const within = command.deadline - this.clock.now();
    const timer = this.clock.after(within, () =>
      abort.abort(new BridgeError('device/timeout', 'the device did not confirm in time')),
    );
    // A driver that ignores its signal must not block the device's queue.
    const givenUp = new Promise<never>((_, reject) => {
      abort.signal.addEventListener(
        'abort',
        () => {
          lastWord = this.clock.after(LAST_WORD, () => reject(abort.signal.reason));
        },
        { once: true },
      );
    });
    try {
      const { aim } = command;
      const aimed = aim ? { ...command, value: aim() } : command;
      const { value } = await Promise.race([this.apply(aimed, abort.signal), givenUp]);
      return { ok: true, value };
    } catch (error) {
      return error instanceof ClearedError ? refused(error.refusal, error.message) : refusalOf(error);
    } finally {
      timer.cancel();
      lastWord?.cancel();
    }
  }
}

/** Why a command in flight was given up. */
class ClearedError extends BridgeError {
  constructor(
    readonly refusal: RefusalCode,
    message: string,
  ) {
    super('device/cleared', message);
  }
}

/** The refusal of a command replaced by another origin's; undefined where the successor's outcome counts for both. */
function supersession(older: QueuedCommand, newer: QueuedCommand): Outcome | undefined {
  if (older.origin === newer.origin) return undefined;
  return supersededBy(newer.origin);
}
