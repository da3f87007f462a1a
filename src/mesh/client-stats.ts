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
  /** Bytes of those. */
  bytesIn = 0;
  bytesOut = 0;
  /** Frames that the socket gave up on. */
  sendFailures = 0;
  /** Broadcasts that the relay never said `sent` to, in time. */
  unconfirmed = 0;
  /** Broadcasts that the relay refused. */
  refused = 0;
  /** Answers to routed requests: sent, and too late. */
  answered = 0;
  lateAnswers = 0;
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
}
