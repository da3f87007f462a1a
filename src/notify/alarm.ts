import type { Clock, Timer } from '../clock.js';
import type { Expression } from '../state/expression.js';
import type { Store } from '../state/store.js';

/** What an alarm is built from. */
export interface AlarmParts {
  readonly when: Expression;
  /** How long it has to hold, in ms. */
  readonly forMs: number;
  /** How often at most it is said, and how often again while it holds, in ms. */
  readonly everyMs: number;
  say(): void;
  readonly store: Store;
  readonly clock: Clock;
}

/** Says something once a condition has held for a while. What is unknown is no alarm, and ends none that was said. */
export class Alarm {
  private timer: Timer | undefined;
  private saidAt: number | undefined;
  private readonly unsubscribe: () => void;

  constructor(private readonly parts: AlarmParts) {
    const { when, store } = parts;
    const look = (device: string, points?: readonly string[]) => {
      const isConcerned = when.inputs.some(
        (input) => input.device === device && (points === undefined || points.includes(input.point)),
      );
      if (isConcerned) this.look();
    };
    this.unsubscribe = store.subscribe({ changed: look, quality: look, described: (device) => look(device) });
    this.look();
  }

  stop(): void {
    this.unsubscribe();
    this.timer?.cancel();
  }

  private look(): void {
    const { when, store } = this.parts;
    const holds = when.evaluate((device, point) => store.point(device, point)?.value ?? null) === true;
    if (!holds) {
      this.timer?.cancel();
      this.timer = undefined;
    } else this.timer ??= this.plan(this.parts.forMs);
  }

  private plan(wanted: number): Timer {
    const { clock, everyMs, say } = this.parts;
    const soonest = this.saidAt === undefined ? 0 : this.saidAt + everyMs - clock.now();
    return clock.after(Math.max(wanted, soonest), () => {
      this.saidAt = clock.now();
      this.timer = this.plan(everyMs);
      say();
    });
  }
}
