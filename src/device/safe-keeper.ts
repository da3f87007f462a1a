import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import type { Store } from '../state/store.js';
import type { QueuedCommand } from './command-queue.js';
import type { Outcome } from './outcome.js';
import type { Due, Owed } from './owed.js';
import { fitsType, sameValue, type Value, withinOf } from './point.js';

/** The name under which the bridge itself commands outputs. */
export const BRIDGE_ORIGIN = 'bridge';

/** What the keeping of safe values is built from. */
export interface SafeKeeperParts {
  readonly device: string;
  /** What has to go back. */
  readonly owed: Pick<Owed, 'current'>;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** False while the device is not connected. */
  connected(): boolean;
  /** True while a command for an output is under way. */
  busy(point: string): boolean;
  submit(command: QueuedCommand): Promise<Outcome>;
}

/** An output that did not go back is told again after this time. */
const AGAIN_MS = 500;

/** Outputs of a device that have to go back: told at once, and again, on any connection to the same board, until they are seen there. */
export class SafeKeeper {
  constructor(private readonly parts: SafeKeeperParts) {}

  private get due(): Map<string, Due> {
    return this.parts.owed.current.due;
  }

  /** Puts an output to a value, before whatever waits for it. */
  bring(point: string, value: Value): void {
    this.over(point);
    this.due.set(point, { value, telling: false, failedAt: undefined, timer: undefined });
    void this.tell(point);
  }

  /** True while an output has to go back and was not seen there. */
  isDue(point: string): boolean {
    const due = this.due.get(point);
    if (due && this.isThere(point, due)) this.over(point);
    return this.due.has(point);
  }

  /** Somebody wants something else of it; what is returned is to be called once the device has done that. */
  yield(point: string): () => void {
    const due = this.due.get(point);
    return () => {
      if (due && this.due.get(point) === due) this.over(point);
    };
  }

  /** The device is connected: what could not be told is told now. */
  resume(): void {
    for (const point of [...this.due.keys()]) void this.tell(point);
  }

  close(): void {
    for (const point of [...this.due.keys()]) this.over(point);
  }

  private over(point: string): void {
    this.due.get(point)?.timer?.cancel();
    this.due.delete(point);
  }

  private async tell(point: string): Promise<void> {
    const due = this.isDue(point) ? this.due.get(point) : undefined;
    if (!due || due.telling || !this.parts.connected()) return;
    const spec = this.parts.store.point(this.parts.device, point)?.spec;
    // With another firmware it may be something else, or nothing at all.
    if (!spec || !fitsType(spec, due.value)) {
      this.over(point);
      return;
    }
    if (spec.safe !== undefined && !sameValue(spec, due.value, spec.safe)) {
      this.bring(point, spec.safe);
      return;
    }
    due.timer?.cancel();
    due.telling = true;
    const outcome = await this.command(point, due);
    due.telling = false;
    if (this.due.get(point) !== due) return;
    if (outcome.ok) this.over(point);
    else {
      due.failedAt = this.parts.clock.now();
      this.again(point, due);
    }
  }

  private again(point: string, due: Due): void {
    due.timer = this.parts.clock.after(AGAIN_MS, () => {
      // Somebody's newer wish is under way; it may fail.
      if (this.parts.busy(point)) this.again(point, due);
      else void this.tell(point);
    });
  }

  /** The device said so after the last attempt, whatever it had answered. */
  private isThere(point: string, { value, failedAt, telling }: Due): boolean {
    const { device, store, busy } = this.parts;
    const state = store.point(device, point);
    if (!state || failedAt === undefined || telling || busy(point)) return false;
    return (state.at ?? failedAt) > failedAt && sameValue(state.spec, store.said(device, point) ?? null, value);
  }

  private async command(point: string, { value, failedAt }: Due): Promise<Outcome> {
    const { device, store, clock, log, submit } = this.parts;
    const deadline = clock.now() + withinOf(store.point(device, point)?.spec);
    const outcome = await submit({ point, value, origin: BRIDGE_ORIGIN, deadline });
    if (outcome.ok) log.info({ point, value }, 'output put to its safe value');
    else if (outcome.code !== 'superseded') {
      const level = failedAt === undefined ? 'warn' : 'debug';
      log[level]({ point, value, code: outcome.code }, `safe value not confirmed: ${outcome.message}`);
    }
    return outcome;
  }
}
