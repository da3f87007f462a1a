/** ok: as it should be · hint: good to know · warn: will be trouble · bad: is trouble. */
export type Level = 'ok' | 'hint' | 'warn' | 'bad';

/** One thing that the doctor found out. */
export interface Finding {
  /** What was looked at, one word. */
  readonly check: string;
  readonly level: Level;
  /** One plain sentence. */
  readonly text: string;
  /** The command that puts it right, or tells more. */
  readonly fix?: string;
}
