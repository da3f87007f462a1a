/** A line of the log, without secrets. */
export interface LogLine {
  readonly level: string;
  /** ISO 8601. */
  readonly time: string;
  readonly text: string;
}
