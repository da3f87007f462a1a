import { type Clock, deadline, type Timer } from '../clock.js';
import { BridgeError, describeError } from '../error.js';
import type { Log } from '../log.js';
import { printable } from '../text.js';
import type { Notify } from './notify-socket.js';

/** What talking to the service manager needs. */
export interface ServiceManagerParts {
  readonly notify: Notify;
  /** Milliseconds that the service manager waits for a sign of life before it starts us anew; undefined: it does not. */
  readonly watchdogMs: number | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often the status is renewed where nobody waits for signs of life. */
const STATUS_MS = 15_000;

/** Tells the service manager that started this program how it is doing: ready, well, stopping. */
export class ServiceManager {
  private timer: Timer | undefined;
  private over = false;
  private isDeaf = false;

  constructor(private readonly parts: ServiceManagerParts) {}

  /**
   * Says that the program is ready, and from then on, at half the watchdog's period, that it is well: each time only after
   * `check` did its work in half of that time. `check` resolves with the status for people, and rejects where something is wrong.
   */
  ready(check: () => Promise<string>): void {
    this.tell(['READY=1']);
    this.watch(check);
  }

  /** Says that the program is about to take another config; signs of life go on. */
  reloading(): void {
    this.tell(['RELOADING=1', 'STATUS=reading the config']);
  }

  /** Says that it is done with that, and how it went. */
  reloaded(status: string): void {
    if (!this.over) this.tell(['READY=1', `STATUS=${printable(status)}`]);
  }

  /** Says that the program is about to end, and nothing any more. */
  stopping(): void {
    this.over = true;
    this.timer?.cancel();
    this.tell(['STOPPING=1', 'STATUS=stopping']);
  }

  private watch(check: () => Promise<string>): void {
    if (this.over) return;
    const { clock, watchdogMs } = this.parts;
    const period = watchdogMs === undefined ? STATUS_MS : watchdogMs / 2;
    this.timer = clock.after(period, () => {
      this.watch(check);
      void this.beat(check, period / 2);
    });
  }

  private async beat(check: () => Promise<string>, patience: number): Promise<void> {
    const { clock, log, watchdogMs } = this.parts;
    const alive = watchdogMs === undefined ? [] : ['WATCHDOG=1'];
    const late = () => new BridgeError('service/self-check', `no result within ${patience} ms`);
    try {
      const status = await deadline(clock, patience, check(), late);
      if (!this.over) this.tell([...alive, `STATUS=${printable(status)}`]);
    } catch (error) {
      if (!this.over) log.error({}, `the self-check failed: ${describeError(error)}`);
    }
  }

  /** A message that does not get through must not end the program that it is about; it is logged, once in a row. */
  private tell(lines: readonly string[]): void {
    try {
      this.parts.notify(lines);
      this.isDeaf = false;
    } catch (error) {
      if (!this.isDeaf) this.parts.log.warn({}, describeError(error));
      this.isDeaf = true;
    }
  }
}
