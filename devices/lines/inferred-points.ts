import type { DeviceIo } from '../../src/device/driver.js';
import { nearestId } from '../../src/device/options.js';
import type { PointSpec, Reading, Value } from '../../src/device/point.js';
import type { RawValues } from './formats.js';
import { type Guess, guess } from './words.js';

/** Most points inferred; what comes beyond is counted and ignored. */
const MAX_POINTS = 64;
/** A word that does not fit makes its point unknown; this many in a row make the point a text. */
const DOUBTS = 3;

/** Sensors learnt from the lines themselves. Nothing inferred can be switched. */
export class InferredPoints {
  private readonly specs = new Map<string, PointSpec>();
  private readonly ids = new Set<string>();
  private readonly doubts = new Map<string, number>();

  constructor(private readonly io: DeviceIo) {}

  /** Passes on one line's values, having described what is new in it; returns what it says of the points. */
  take(values: RawValues): readonly Reading[] {
    const guesses = [...values].map(([name, raw]) => ({ name, raw, guessed: guess(raw) }));
    if (guesses.filter(({ name, guessed }) => this.learn(name, guessed)).length > 0) {
      this.io.describe([...this.specs.values()]);
    }
    const readings: Reading[] = [];
    for (const { name, raw, guessed } of guesses) {
      const spec = this.specs.get(name);
      if (!spec) {
        this.io.ignored('too many points', name);
        continue;
      }
      if (!fits(spec, guessed)) this.io.ignored('does not fit the point', `${name}=${String(raw)}`);
      readings.push({ point: spec.id, value: valueFor(spec, guessed, raw) });
    }
    if (readings.length > 0) this.io.report(readings);
    return readings;
  }

  /** The lines make no sense any more: another sketch may have other points. */
  forget(): void {
    this.specs.clear();
    this.ids.clear();
    this.doubts.clear();
    this.io.describe([]);
  }

  /** True where there is something new to describe. */
  private learn(name: string, guessed: Guess): boolean {
    const known = this.specs.get(name);
    if (!known) {
      if (this.specs.size >= MAX_POINTS) return false;
      this.specs.set(name, this.newSpec(name, guessed));
      return true;
    }
    if (guessed.type === undefined) return false;
    const doubts = fits(known, guessed) ? 0 : (this.doubts.get(name) ?? 0) + 1;
    this.doubts.set(name, doubts);
    if (doubts < DOUBTS) return false;
    // Types only ever widen to text: back and forth would make the same word mean two things.
    const { unit: _, ...rest } = known;
    this.specs.set(name, { ...rest, type: 'string' });
    return true;
  }

  private newSpec(name: string, guessed: Guess): PointSpec {
    const [label, inName] = bracketed(name) ?? [name, undefined];
    const unit = inName ?? guessed.unit;
    const type = guessed.type ?? 'number';
    return { id: this.newId(label), role: 'sensor', type, label, ...(unit && type === 'number' ? { unit } : {}) };
  }

  private newId(label: string): string {
    const prefixed = nearestId(`p_${label}`) ?? 'p';
    const id = /^[a-z]/i.test(label) ? (nearestId(label) ?? prefixed) : prefixed;
    let unique = id;
    for (let n = 2; this.ids.has(unique); n++) unique = `${id.slice(0, 15 - String(n).length)}_${n}`;
    this.ids.add(unique);
    return unique;
  }
}

/** `Temp (°C)` and `Temp [°C]`: the name and the unit in brackets. */
function bracketed(name: string): [string, string] | undefined {
  const match = /^(.*\S)\s*(?:\(([^()]{1,8})\)|\[([^[\]]{1,8})\])$/.exec(name);
  return match?.[1] === undefined ? undefined : [match[1], match[2] ?? match[3] ?? ''];
}

function fits(spec: PointSpec, { type, unit }: Guess): boolean {
  if (type === undefined || spec.type === 'string') return true;
  return type === spec.type && (unit === undefined || spec.unit === undefined || sameUnit(unit, spec.unit));
}

/** A unit in the name may be written another way than the one at the number: `(°C)` and `C`. */
function sameUnit(a: string, b: string): boolean {
  const plain = (unit: string) => unit.replace(/[°*º ]/g, '').toLowerCase();
  return plain(a) === plain(b);
}

function valueFor(spec: PointSpec, guessed: Guess, raw: Value | null): Value | null {
  if (guessed.type === undefined || !fits(spec, guessed)) return null;
  return spec.type === 'string' ? String(raw) : guessed.value;
}
