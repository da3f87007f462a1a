/** What came to nothing, by reason, since the relay was made. */
export interface RelayCounters {
  /** Messages that are no JSON object, or not UTF-8. */
  malformed: number;
  /** Frames nested deeper than the limit. */
  too_deep: number;
  /** Frames with a number no double can hold. */
  not_finite: number;
  /** Answers nobody waited for. */
  stray_reply: number;
  /** Frames of a type the relay does not know. */
  unknown_type: number;
  /** Frames of clients that have not identified yet, on a relay with a token. */
  unidentified: number;
  /** Clients closed for sending too fast. */
  rate_limit: number;
  /** Clients dropped because they did not read. */
  stalled: number;
  /** Clients dropped because they did not answer pings. */
  silent: number;
  /** Connections refused for their origin or number. */
  refused: number;
}

/** Counters at zero. */
export function newCounters(): RelayCounters {
  return {
    malformed: 0,
    too_deep: 0,
    not_finite: 0,
    stray_reply: 0,
    unknown_type: 0,
    unidentified: 0,
    rate_limit: 0,
    stalled: 0,
    silent: 0,
    refused: 0,
  };
}
