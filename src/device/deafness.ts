import type { Clock } from '../clock.js';

/** Commands in a row without an answer that make a device that speaks a deaf one. */
const UNANSWERED = 3;
/** Between two commands that a deaf device is tried with. */
const PROBE_MS = 30_000;

/** What to do about a device: open its port anew, or take it for deaf. */
export type Verdict = 'reopen' | 'deaf';

/**
 * Notices a device that speaks and hears nothing, as behind a cable whose line to the device is broken. What it is to be
 * told: `heard` only what the device can't have done without having heard the command, as many say their outputs all the time.
 */
export class Deafness {
  /** Outputs whose commands went unanswered since the device last proved to hear. */
  private readonly unanswered = new Set<string>();
  /** Outputs that gave no answer while others did: that is their own trouble. */
  private readonly mute = new Set<string>();
  private inARow = 0;
  /** reopening: to see whether that helps · doubted: it has been done. */
  private stage: 'hearing' | 'reopening' | 'doubted' | 'deaf' = 'hearing';
  private probeAt = 0;

  constructor(private readonly clock: Clock) {}

  /** True while the device counts as deaf. */
  get deaf(): boolean {
    return this.stage === 'deaf';
  }

  /** The session is over. The next one, where we did not ask for it, may be on another cable. */
  lost(): void {
    this.inARow = 0;
    if (this.stage === 'reopening') this.stage = 'doubted';
    else this.forget();
  }

  /** The device did what a command for this output said, or said no. */
  heard(point: string): void {
    this.mute.delete(point);
    this.unanswered.delete(point);
    for (const other of this.unanswered) this.mute.add(other);
    this.unanswered.clear();
    this.inARow = 0;
    this.stage = 'hearing';
  }

  /** A command for this output went unanswered while the device spoke. */
  missed(point: string): Verdict | undefined {
    if (this.mute.has(point)) return undefined;
    this.unanswered.add(point);
    if (++this.inARow < UNANSWERED || this.stage === 'reopening' || this.stage === 'deaf') return undefined;
    this.inARow = 0;
    if (this.stage === 'hearing') {
      this.stage = 'reopening';
      return 'reopen';
    }
    this.stage = 'deaf';
    this.probeAt = this.clock.now() + PROBE_MS;
    return 'deaf';
  }

  /** Whether a command for this output is not worth sending; one is let through now and then. */
  refuses(point: string): boolean {
    if (this.stage !== 'deaf' || !this.unanswered.has(point)) return false;
    const now = this.clock.now();
    if (now < this.probeAt) return true;
    this.probeAt = now + PROBE_MS;
    return false;
  }

  private forget(): void {
    this.stage = 'hearing';
    this.unanswered.clear();
    this.mute.clear();
  }
}
