import type { Clock } from '../clock.js';

/** Between two attempts at least, so that a port that comes and goes quickly can't keep the processor busy. */
const MIN_GAP_MS = 50;

/** Waits between two attempts to connect, and cuts the wait short where the device appears. */
export class Patience {
  /** The device appeared since the last attempt began. */
  private appeared = false;
  /** In the part of a wait that an appearance may cut short. */
  private patient = false;
  private over = false;
  private wake: () => void = () => {};

  constructor(private readonly clock: Clock) {}

  /** An attempt begins. */
  attempt(): void {
    this.appeared = false;
  }

  /** The device may have appeared. */
  appear(): void {
    this.appeared = true;
    if (this.patient) this.wake();
  }

  /** Waits `ms`, or until the device appears. */
  async wait(ms: number): Promise<void> {
    await this.pause(Math.min(ms, MIN_GAP_MS));
    this.patient = true;
    if (!this.appeared) await this.pause(ms - MIN_GAP_MS);
    this.patient = false;
  }

  /** Waits no more, until `begin`. */
  end(): void {
    this.over = true;
    this.wake();
  }

  /** Waits again from now on. */
  begin(): void {
    this.over = false;
  }

  private async pause(ms: number): Promise<void> {
    if (ms <= 0 || this.over) return;
    await new Promise<void>((resolve) => {
      const timer = this.clock.after(ms, resolve);
      this.wake = () => {
        timer.cancel();
        resolve();
      };
    });
    this.wake = () => {};
  }
}
