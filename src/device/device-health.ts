import type { Clock } from '../clock.js';
import type { Health } from '../state/store.js';

/** This many sessions lost within a minute: the device is degraded. */
const RESTART_BUDGET = 5;
const BUDGET_WINDOW_MS = 60_000;

/** What a device's health word is made from. */
export interface HealthParts {
  clock: Clock;
  /** True while the device's outputs wait for approval. */
  quarantined(): boolean;
  /** Called with the word after each thing that may have changed it. */
  say(health: Health): void;
}

/** How a device is doing, from what happens to it. */
export class DeviceHealth {
  private connected = false;
  private silent = false;
  private garbage = false;
  private losses: number[] = [];

  constructor(private readonly parts: HealthParts) {}

  /** True when the device keeps going away: trying again soon would only add to the trouble. */
  get flapping(): boolean {
    const since = this.parts.clock.now() - BUDGET_WINDOW_MS;
    this.losses = this.losses.filter((at) => at > since);
    return this.losses.length >= RESTART_BUDGET;
  }

  /** A session went live. */
  live(): void {
    this.connected = true;
    this.silent = false;
    this.say();
  }

  /** A live session is over. */
  lost(): void {
    if (this.connected) this.losses.push(this.parts.clock.now());
    this.connected = false;
    this.say();
  }

  /** The session has been well for long. */
  proven(): void {
    this.losses = [];
    this.say();
  }

  /** The device fell silent, or speaks again. */
  setSilent(silent: boolean): void {
    this.silent = silent;
    this.say();
  }

  /** The device sends nothing readable, or does so again. */
  setGarbage(garbage: boolean): void {
    this.garbage = garbage;
    this.say();
  }

  /** Says the word anew, as something outside may have changed. */
  review(): void {
    this.say();
  }

  private say(): void {
    this.parts.say(this.word());
  }

  private word(): Health {
    if (!this.connected) return 'offline';
    if (this.parts.quarantined()) return 'unapproved';
    if (this.garbage) return 'degraded';
    if (this.silent) return 'stale';
    return this.flapping ? 'degraded' : 'online';
  }
}
