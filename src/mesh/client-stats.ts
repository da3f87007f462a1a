/** Why something that came in was not passed on. */
export type DropReason =
  | 'json'
  | 'too-deep'
  | 'too-large'
  | 'not-a-frame'
  | 'before-welcome'
  | 'second-welcome'
  | 'unknown-type'
  | 'stray-reply'
  | 'not-an-object'
  | 'undecryptable'
  | 'own-sealed'
  | 'busy';

/** What the mesh client counted since the start of the process. */
export class MeshStats {
  /** Connections on which the relay welcomed us. */
  admissions = 0;
  /** Frames, in and out. */
  received = 0;
  sent = 0;
  /** Frames that the socket gave up on. */
  sendFailures = 0;
  /** Broadcasts that the relay never said `sent` to, in time. */
  unconfirmed = 0;
  /** Broadcasts that the relay refused. */
  refused = 0;
  /** Answers to routed requests: sent, too late, and held back for the relay's frame limit. */
  answered = 0;
  lateAnswers = 0;
  heldAnswers = 0;
  /** Exceptions out of the handlers above. */
  handlerErrors = 0;
  readonly dropped: Record<DropReason, number> = {
    json: 0,
    'too-deep': 0,
    'too-large': 0,
    'not-a-frame': 0,
    'before-welcome': 0,
    'second-welcome': 0,
    'unknown-type': 0,
    'stray-reply': 0,
    'not-an-object': 0,
    undecryptable: 0,
    'own-sealed': 0,
    busy: 0,
  };
  private readonly recent: number[] = [];

  /** Counts a frame sent at `now` (milliseconds). */
  noteSent(now: number): void {
    this.sent++;
    this.recent.push(now);
    if (this.recent.length > 100) this.recent.shift();
  }

  /** Frames sent in the second before `now`, counted up to 100. */
  sentWithinSecond(now: number): number {
    while (this.recent[0] !== undefined && this.recent[0] <= now - 1000) this.recent.shift();
    return this.recent.length;
  }
}
