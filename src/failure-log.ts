import type { Clock } from './clock.js';
import { isBridgeError } from './error.js';
import type { Log } from './log.js';

interface Episode {
  readonly since: number;
  failures: number;
  readonly codes: Set<string>;
}

/**
 * Logs things that fail again and again without flooding: the first failure (and the first of each other error code)
 * warns, repeats are debug, recovery says how long it was away. `what` is a fixed phrase of the code, such as `opening the port`.
 */
export class FailureLog {
  private readonly log: Log;
  private readonly clock: Clock;
  private readonly episodes = new Map<string, Episode>();

  constructor(log: Log, clock: Clock) {
    this.log = log;
    this.clock = clock;
  }

  /** Says that `what` failed. */
  failed(what: string, error: unknown): void {
    const episode = this.episodes.get(what) ?? { since: this.clock.now(), failures: 0, codes: new Set() };
    this.episodes.set(what, episode);
    episode.failures += 1;
    const code = isBridgeError(error) ? error.code : 'other';
    const repeated = episode.codes.has(code);
    episode.codes.add(code);
    const message = `${what} failed`;
    if (repeated) this.log.debug({ err: error, failures: episode.failures }, message);
    else this.log.warn({ err: error }, message);
  }

  /** Says that `what` works; silent where it had not failed. */
  recovered(what: string): void {
    const episode = this.episodes.get(what);
    if (!episode) return;
    this.episodes.delete(what);
    const away = this.clock.now() - episode.since;
    this.log.info(
      { failures: episode.failures, awayMs: Math.round(away) },
      `${what} works again after ${formatSpan(away)}, ${episode.failures} failure${episode.failures === 1 ? '' : 's'}`,
    );
  }
}

/** A span of milliseconds for people: `0.4 s`, `12 s`, `3 min 5 s`, `2 h 10 min`. */
export function formatSpan(ms: number): string {
  if (ms < 10_000) return `${(Math.floor(ms / 100) / 10).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
