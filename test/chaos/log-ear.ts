import type { Clock } from '../../src/clock.js';
import type { Log } from '../../src/log.js';
import type { JsonObject } from '../../src/mesh/frame.js';

/** A warning or an error. */
interface Complaint {
  readonly at: number;
  /** The device, or the relay, whose connection it is about. */
  readonly about: string | undefined;
  readonly message: string;
}

const MINUTE = 60_000;

/** Hears what the bridge complains of. */
export class LogEar implements Log {
  /** Oldest first. */
  private readonly heard: Complaint[];

  constructor(
    private readonly clock: Clock,
    /** Of whom it hears, where it is one of several that hear for all. */
    private readonly about: object = {},
    all: Complaint[] = [],
  ) {
    this.heard = all;
  }

  /** Whether there was such a complaint at `since` or later. */
  heardOf(what: RegExp, since: number): boolean {
    return this.heard.some(({ at, message }) => at >= since && what.test(message));
  }

  /** Complaints of connections that came more than `most` times within a minute, at `since` or later. */
  repeated(most: number, since: number): string[] {
    const times = new Map<string, number[]>();
    const often = new Set<string>();
    for (const { at, about, message } of this.heard) {
      if (at < since || about === undefined) continue;
      const what = `${about}: ${message}`;
      const latest = [...(times.get(what) ?? []), at].slice(-1 - most);
      times.set(what, latest);
      if (latest.length > most && at - (latest[0] ?? at) < MINUTE) often.add(what);
    }
    return [...often];
  }

  readonly debug = (): void => {};
  readonly info = (): void => {};
  readonly warn = (what: object, message: string): void => {
    const { device, part, file }: JsonObject = { ...this.about, ...what };
    const about = part === 'relay' ? part : device?.toString();
    const told = file === undefined ? message : `${String(file)}: ${message}`;
    this.heard.push({ at: this.clock.now(), about, message: told });
  };
  readonly error = this.warn;

  child(about: object): Log {
    return new LogEar(this.clock, { ...this.about, ...about }, this.heard);
  }
}
