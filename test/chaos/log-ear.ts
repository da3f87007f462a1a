import type { Clock } from '../../src/clock.js';
import type { Log } from '../../src/log.js';

/** Hears what the bridge complains of. */
export class LogEar implements Log {
  /** Warnings and errors, oldest first. */
  private readonly heard: { readonly at: number; readonly message: string }[] = [];

  constructor(private readonly clock: Clock) {}

  /** Whether there was such a complaint at `since` or later. */
  heardOf(what: RegExp, since: number): boolean {
    return this.heard.some(({ at, message }) => at >= since && what.test(message));
  }

  readonly debug = (): void => {};
  readonly info = (): void => {};
  readonly warn = (about: object, message: string): void => {
    const file = 'file' in about ? `${String(about.file)}: ` : '';
    this.heard.push({ at: this.clock.now(), message: `${file}${message}` });
  };
  readonly error = this.warn;

  child(): Log {
    return this;
  }
}
