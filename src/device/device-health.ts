import type { Health } from '../state/store.js';
import type { RestartBudget } from './restart-budget.js';

/** What a device's health word is made from. */
export interface HealthParts {
  budget: Pick<RestartBudget, 'spent' | 'failing'>;
  /** True while the device hears no commands. */
  deaf(): boolean;
  /** True while the device's outputs wait for approval. */
  quarantined(): boolean;
  /** Called with the word after each thing that may have changed it. */
  say(health: Health): void;
}

/** How a device is doing, from what happens to it. */
export class DeviceHealth {
  private connected = false;
  private gone = true;
  private silent = false;
  private garbage = false;

  constructor(private readonly parts: HealthParts) {}

  /** A session went live. */
  live(): void {
    this.connected = true;
    this.say();
  }

  /** There is no session, or none came about; `gone`: as the device is not there at all. */
  lost(gone: boolean): void {
    this.connected = false;
    this.silent = false;
    this.gone = gone;
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
    const { budget, deaf, quarantined } = this.parts;
    // A device that comes and goes would say both words again and again.
    if (!this.connected) return budget.failing && !this.gone ? 'degraded' : 'offline';
    if (quarantined()) return 'unapproved';
    if (this.garbage) return 'degraded';
    if (this.silent) return 'stale';
    return budget.spent || deaf() ? 'degraded' : 'online';
  }
}
