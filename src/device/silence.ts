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
/** A port that was opened anew in vain is given twice the time, and so on up to this: a board may need long to begin. */
const DEAD_MAX_MS = 300_000;
/** What is heard within this time is one utterance, so that a burst of lines does not look like a fast device. */
const UTTERANCE_MS = 1_000;
/** Gaps that make a device a regular one; from then on one long gap can't change the interval beyond measure. */
const REGULAR_GAPS = 5;
const OUTLIER = 10;
const MEMORY_GAPS = 8;
const LATE_MS = 1_000;
const LONGEST_GAP_MS = 24 * 3_600_000;

/** Learns how often a device speaks and tells when it has fallen silent. The interval is kept from session to session. */
export class Silence {
  private started = false;
  private isStale = false;
  /** Times in a row that the port was taken for dead. */
  private deaths = 0;
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

  /** True while the device says nothing. */
  get stale(): boolean {
    return this.isStale;
  }

  /** A session begins; that counts as a sign of life, unless the last one ended for silence. */
  start(): void {
    this.stop();
    this.started = true;
    this.isStale = this.deaths > 0;
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
    this.deaths = 0;
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
    if (!this.isStale) return Math.max(STALE_MS, STALE_INTERVALS * this.interval);
    const first = Math.max(DEAD_MS, DEAD_INTERVALS * this.interval);
    return Math.min(first * 2 ** this.deaths, Math.max(first, DEAD_MAX_MS));
  }

  private watch(): void {
    const { clock } = this.parts;
    const left = Math.max(0, this.heardAt + this.limit() - clock.now());
    const due = clock.now() + left;
    this.timer = clock.after(left, () => {
      // A timer that is very late means that this process slept: what the device said meanwhile is still unread.
      if (clock.now() - due > LATE_MS) this.heardAt = clock.now();
      this.look();
    });
  }

  private look(): void {
    const { clock, onStale, onDead } = this.parts;
    if (clock.now() - this.heardAt < this.limit()) this.watch();
    else if (this.isStale) {
      this.deaths++;
      onDead();
    } else {
      this.isStale = true;
      if (this.gaps >= REGULAR_GAPS) this.watch();
      onStale();
    }
  }
}
