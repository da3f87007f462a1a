import type { Clock, Timer } from '../clock.js';

export interface LivenessOptions {
  readonly clock: Clock;
  /** Milliseconds between pings, and of silence that mean death. */
  readonly ping: number;
  readonly dead: number;
  sendPing(): void;
  /** Called once, when the other side has been silent for `dead`. */
  died(): void;
}

/** Pings the other side and watches for any sign of life: a half-open TCP connection looks healthy for hours. */
export class Liveness {
  private heardAt: number;
  /** When the ping was sent that is not answered yet, and the last one that was; the beginning before that. */
  private askedAt: number | undefined;
  private answeredAt: number;
  private pingTimer: Timer;
  private watchdog: Timer;

  constructor(private readonly options: LivenessOptions) {
    this.heardAt = options.clock.now();
    this.answeredAt = this.heardAt;
    this.pingTimer = this.schedulePing();
    this.watchdog = this.watch(options.dead);
  }

  /** Something came from the other side. */
  sign(): void {
    this.heardAt = this.options.clock.now();
  }

  /** Milliseconds that what comes now was on its way at most: it left after the answer to a ping of then, or after the beginning. */
  get delayMs(): number {
    return this.options.clock.now() - this.answeredAt;
  }

  /** A ping was answered. */
  pong(): void {
    this.answeredAt = this.askedAt ?? this.answeredAt;
    this.askedAt = undefined;
    this.sign();
  }

  stop(): void {
    this.pingTimer.cancel();
    this.watchdog.cancel();
  }

  private schedulePing(): Timer {
    return this.options.clock.after(this.options.ping, () => {
      // The answer to an earlier one says more about the past than about now.
      this.askedAt ??= this.options.clock.now();
      this.options.sendPing();
      this.pingTimer = this.schedulePing();
    });
  }

  private watch(ms: number): Timer {
    const { clock, dead } = this.options;
    const due = clock.now() + ms;
    return clock.after(ms, () => {
      // A timer that is very late means that this process slept: what the other side sent meanwhile is still unread.
      if (clock.now() - due > dead / 10) this.sign();
      const silent = clock.now() - this.heardAt;
      if (silent < dead) {
        this.watchdog = this.watch(dead - silent);
        return;
      }
      this.stop();
      this.options.died();
    });
  }
}
