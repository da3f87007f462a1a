import type { Clock } from '../clock.js';
import { BridgeError, describeError, isBridgeError } from '../error.js';
import type { Log } from '../log.js';
import type { Store } from '../state/store.js';
import type { DeviceCounters } from './counters.js';
import { Deafness } from './deafness.js';
import type { Command, Confirmed } from './driver.js';
import { type Outcome, refused } from './outcome.js';
import { sameValue, type Value } from './point.js';

/** What it takes to watch a device's answers. */
export interface AnswersParts {
  device: string;
  store: Store;
  clock: Clock;
  log: Log;
  counters: Pick<DeviceCounters, 'lines'>;
  /** Ends the session, for a new one on a port opened anew. */
  reopen(reason: string): void;
  /** The device counts as deaf, or does not any more. */
  changed(): void;
}

const DEAF = new BridgeError('device/deaf', 'it speaks, but its commands go unanswered, on a new connection too', {
  hint: 'is the wire to it broken (TX of this side, RX of the board), or does its sketch not read commands?',
});

/** Watches whether a device answers its commands, and says what is wrong where it speaks and does not. */
export class Answers {
  private readonly deafness: Deafness;

  constructor(private readonly parts: AnswersParts) {
    this.deafness = new Deafness(parts.clock);
  }

  /** What is wrong, in a line for people; undefined while nothing is. */
  get trouble(): string | undefined {
    return this.deafness.deaf ? describeError(DEAF) : undefined;
  }

  /** The session is over. */
  lost(): void {
    this.deafness.lost();
  }

  /** Why a command is not worth sending; undefined where it is. What makes an output safe always is. */
  refusal(point: string, value: Value): Outcome | undefined {
    const { store, device } = this.parts;
    const spec = store.point(device, point)?.spec;
    if (spec?.safe !== undefined && sameValue(spec, value, spec.safe)) return undefined;
    return this.deafness.refuses(point) ? refused('offline', `${device} hears nothing: ${DEAF.message}`) : undefined;
  }

  /** Carries out a command, and notes whether it was answered. */
  async to(command: Command, work: () => Promise<Confirmed>): Promise<Confirmed> {
    const { counters } = this.parts;
    const { point, value } = command;
    const before = this.said(point);
    const { lines } = counters;
    try {
      const confirmed = await work();
      if (this.differ(point, before, value)) this.heard(point);
      return confirmed;
    } catch (error) {
      const after = this.said(point);
      const moved = before !== null && after !== null && this.differ(point, before, after);
      if (moved || isAnswer(error)) this.heard(point);
      else if (isUnanswered(error) && counters.lines > lines) this.missed(point);
      throw error;
    }
  }

  private said(point: string): Value | null {
    return this.parts.store.said(this.parts.device, point) ?? null;
  }

  private differ(point: string, a: Value | null, b: Value | null): boolean {
    const spec = this.parts.store.point(this.parts.device, point)?.spec;
    return spec !== undefined && !sameValue(spec, a, b);
  }

  private heard(point: string): void {
    const { deaf } = this.deafness;
    this.deafness.heard(point);
    if (!deaf) return;
    this.parts.log.info({}, 'the device hears commands again');
    this.parts.changed();
  }

  private missed(point: string): void {
    const { log, reopen, changed } = this.parts;
    const verdict = this.deafness.missed(point);
    if (verdict === 'reopen') reopen('it speaks, but its commands go unanswered; opening its port anew');
    if (verdict !== 'deaf') return;
    log.warn({ err: DEAF }, 'the device hears no commands');
    changed();
  }
}

/** The device itself said no, or that it did something else. */
function isAnswer(error: unknown): boolean {
  return isBridgeError(error, 'device/refused') || (isBridgeError(error, 'device/mismatch') && !isUnanswered(error));
}

/** Nothing came, or until the deadline nothing but what a device says that heard no command. */
function isUnanswered(error: unknown): boolean {
  if (isBridgeError(error, 'device/mismatch')) return isBridgeError(error.cause, 'device/timeout');
  return isBridgeError(error, 'device/timeout');
}
