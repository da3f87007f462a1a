import type { ParseLine, RawValues } from './formats.js';

/** A name said this often is no chance. */
const TIMES = 3;
/** Most names remembered; the one first heard of goes first. */
const MAX_NAMES = 256;

/** Counts names, so that a boot message (`mode:DIO`) is not taken for a value. */
export class FamiliarNames {
  private readonly times = new Map<string, number>();

  /** True when hearing the name once more makes it familiar. */
  almost(name: string): boolean {
    return (this.times.get(name) ?? 0) + 1 >= TIMES;
  }

  /** Counts the name; true once it is familiar. */
  heard(name: string): boolean {
    const times = Math.min(TIMES, (this.times.get(name) ?? 0) + 1);
    this.times.set(name, times);
    const oldest = this.times.keys().next().value;
    if (this.times.size > MAX_NAMES && oldest !== undefined) this.times.delete(oldest);
    return times >= TIMES;
  }

  /** The familiar part of a line's values; counts all its names. */
  only(values: RawValues): RawValues {
    return new Map([...values].filter(([name]) => this.heard(name)));
  }

  /** A parser that lets only familiar names through. */
  cautious(parse: ParseLine): ParseLine {
    return (line) => {
      if (isBootMessage(line)) return undefined;
      const values = parse(line);
      return values && this.only(values);
    };
  }
}

/** The boot messages of ESP chips (`load:0x3fff0030,len:1344`) look like pairs, but their numbers are hexadecimal. */
export function isBootMessage(line: string): boolean {
  return /\b0x[0-9a-f]/i.test(line);
}
