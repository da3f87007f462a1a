import { type Clock, sleep } from '../clock.js';
import type { Log } from '../log.js';
import type { Store } from '../state/store.js';
import type { QueuedCommand } from './command-queue.js';
import type { Outcome } from './outcome.js';
import { type Value, withinOf } from './point.js';

/** The name under which the bridge itself commands outputs. */
export const BRIDGE_ORIGIN = 'bridge';

/** What the keeping of safe values is built from. */
export interface SafeKeeperParts {
  readonly device: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** False while the device is not connected. */
  connected(): boolean;
  /** True while somebody's wish for an output is under way. */
  busy(point: string): boolean;
  submit(command: QueuedCommand): Promise<Outcome>;
}

const TRIES = 3;
/** Between two times of so many tries, where an emergency stop is not confirmed. */
const INSIST_MS = 500;

/** Puts single outputs of a device to their safe values, as hard as is needed. */
export class SafeKeeper {
  /** Outputs that did not confirm an emergency stop yet. */
  private readonly insisting = new Set<string>();

  constructor(private readonly parts: SafeKeeperParts) {}

  /** Once, before whatever waits for the output; resolves with whether the device confirmed that. */
  async once(point: string): Promise<boolean> {
    const safe = this.parts.store.point(this.parts.device, point)?.spec.safe;
    if (safe === undefined || !this.parts.connected()) return false;
    const outcome = await this.command(point, safe);
    return outcome.ok;
  }

  /** A few times, unless somebody's newer wish for the output is under way. */
  async gently(point: string, value: Value): Promise<void> {
    const { connected, busy } = this.parts;
    for (let tries = 0; tries < TRIES && connected() && !busy(point); tries++) {
      const outcome = await this.command(point, value);
      if (outcome.ok || outcome.code === 'superseded') return;
    }
  }

  /** Until the output obeys anybody, or the session is over: the next one begins with that. */
  async insist(point: string, value: Value, signal: AbortSignal): Promise<void> {
    if (this.insisting.has(point)) return;
    this.insisting.add(point);
    try {
      while (this.insisting.has(point)) {
        await this.gently(point, value);
        await sleep(this.parts.clock, INSIST_MS, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.insisting.delete(point);
    }
  }

  /** The output obeyed somebody. */
  obeyed(point: string): void {
    this.insisting.delete(point);
  }

  private async command(point: string, value: Value): Promise<Outcome> {
    const { device, store, clock, log, submit } = this.parts;
    const deadline = clock.now() + withinOf(store.point(device, point)?.spec);
    const outcome = await submit({ point, value, origin: BRIDGE_ORIGIN, deadline });
    if (outcome.ok) log.info({ point, value }, 'output put to its safe value');
    else if (outcome.code !== 'superseded') {
      log.warn({ point, value, code: outcome.code }, `safe value not confirmed: ${outcome.message}`);
    }
    return outcome;
  }
}
