import type { Clock, Timer } from '../clock.js';

/** What a silence watch is built from; each is called once a silence. */
export interface SilenceParts {
  clock: Clock;
  /** Nothing was heard for max(10 s, 5 × the learned interval). */
  onStale(): void;
  /** The first sign of life after `onStale`. */
  onFresh(): void;
  /** A device that spoke regularly said nothing for max(30 s, 15 × the learned interval): its port may be dead. */
  onDead(): void;
}

const STALE_MS = 10_000;
const STALE_INTERVALS = 5;
const DEAD_MS = 30_000;
const DEAD_INTERVALS = 15;
/** What is heard within this time is one utterance, so that a burst of lines does not look like a fast device. */
const UTTERANCE_MS = 1_000;
/** Gaps that make a device a regular one; from then on one long gap can't change the interval beyond measure. */
const REGULAR_GAPS = 5;
const OUTLIER = 10;
const MEMORY_GAPS = 8;
const LONGEST_GAP_MS = 24 * 3_600_000;

/** Learns how often a device speaks and tells when it has fallen silent. The interval is kept from session to session. */
export class Silence {
  private started = false;
  private isStale = false;
  private heardAt = 0;
  private utteranceAt = 0;
  private gaps = 0;
  private interval = 0;
  private timer: Timer | undefined;

  constructor(private readonly parts: SilenceParts) {}

  /** Mean milliseconds between utterances; 0 while nothing is known. */
  get learnedMs(): number {
    return this.interval;
  }

  /** A session begins; that counts as a sign of life. */
  start(): void {
    this.stop();
    this.started = true;
    this.heardAt = this.parts.clock.now();
    this.utteranceAt = Number.NaN;
    this.watch();
  }

  /** The session is over; nothing is called any more. */
  stop(): void {
    this.started = false;
    this.isStale = false;
    this.timer?.cancel();
    this.timer = undefined;
  }

  /** The device gave a sign of life. Sets no timer, so it may be called for each line. */
  heard(): void {
    if (!this.started) return;
    const now = this.parts.clock.now();
    this.heardAt = now;
    if (!(now - this.utteranceAt < UTTERANCE_MS)) this.learn(now);
    if (this.isStale) {
      this.isStale = false;
      this.timer?.cancel();
      this.watch();
      this.parts.onFresh();
    }
  }

  private learn(now: number): void {
    const gap = Math.min(now - this.utteranceAt, LONGEST_GAP_MS);
    this.utteranceAt = now;
    if (Number.isNaN(gap)) return;
    const counted = this.gaps >= REGULAR_GAPS ? Math.min(gap, OUTLIER * this.interval) : gap;
    this.gaps = Math.min(this.gaps + 1, MEMORY_GAPS);
    this.interval += (counted - this.interval) / this.gaps;
  }

  /** Longest silence that means nothing yet. */
  private limit(): number {
    return this.isStale
      ? Math.max(DEAD_MS, DEAD_INTERVALS * this.interval)
      : Math.max(STALE_MS, STALE_INTERVALS * this.interval);
  }

  private watch(): void {
    const left = this.heardAt + this.limit() - this.parts.clock.now();
    this.timer = this.parts.clock.after(Math.max(0, left), () => this.look());
  }

  private look(): void {
    const { clock, onStale, onDead } = this.parts;
    if (clock.now() - this.heardAt < this.limit()) this.watch();
    else if (this.isStale) onDead();
    else {
      this.isStale = true;
      if (this.gaps >= REGULAR_GAPS) this.watch();
      onStale();
    }
  }
}
