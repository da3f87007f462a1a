import type { Log } from '../../src/log.js';
import { FamiliarNames, isBootMessage } from './familiar-names.js';
import { type ParseLine, parseJson, parseKeyValue, parsePlotter, type RawValues } from './formats.js';

/** Lines in a row that do not match before the choice is taken back, as after another sketch was flashed. */
const STRANGE = 20;

interface Choice {
  readonly format: 'json' | 'keyvalue' | 'plotter';
  readonly parse: ParseLine;
}

/**
 * Finds out by itself in which format a sketch prints: from one JSON object, one line with a listed name, else three
 * lines with a common name or with as many bare numbers.
 */
export class AutoFormat {
  private choice: Choice | undefined;
  private strange = 0;
  private familiar = new FamiliarNames();

  /** `listed`: the names that the config expects, undefined where it lists none. `onUndecided`: the choice was taken back. */
  constructor(
    private readonly listed: ReadonlySet<string> | undefined,
    private readonly log: Log,
    private readonly onUndecided: () => void,
  ) {}

  /** The values of a line; undefined for one that does not match, or while undecided. */
  readonly parse: ParseLine = (line) => {
    if (!this.choice) {
      this.choice = this.choose(line);
      if (!this.choice) return undefined;
      this.log.info({ format: this.choice.format }, `the sketch prints ${this.choice.format} lines`);
    }
    const values = this.choice.parse(line);
    this.strange = values ? 0 : this.strange + 1;
    if (this.strange >= STRANGE) this.undecide();
    return values;
  };

  private choose(line: string): Choice | undefined {
    const json = parseJson(line);
    if (json) return this.expected(json).length > 0 ? { format: 'json', parse: parseJson } : undefined;
    const pairs = parseKeyValue(line);
    if (pairs) return this.choosePairs(line, this.expected(pairs));
    const numbers = parsePlotter(line);
    return numbers && this.chooseNumbers(numbers);
  }

  private choosePairs(line: string, names: readonly string[]): Choice | undefined {
    if (this.listed) return names.length > 0 ? { format: 'keyvalue', parse: parseKeyValue } : undefined;
    const { familiar } = this;
    if (isBootMessage(line)) return undefined;
    if (names.some((name) => familiar.almost(name))) {
      return { format: 'keyvalue', parse: familiar.cautious(parseKeyValue) };
    }
    for (const name of names) familiar.heard(name);
    return undefined;
  }

  private chooseNumbers(numbers: RawValues): Choice | undefined {
    const kind = [...numbers.keys()].join();
    if (this.expected(numbers).length === 0 || !this.familiar.heard(kind)) return undefined;
    return { format: 'plotter', parse: sameNames(numbers) };
  }

  private expected(values: RawValues): string[] {
    return [...values.keys()].filter((name) => !this.listed || this.listed.has(name));
  }

  private undecide(): void {
    this.choice = undefined;
    this.strange = 0;
    this.familiar = new FamiliarNames();
    this.log.info({}, `${STRANGE} lines in a row did not match: looking for the format anew`);
    this.onUndecided();
  }
}

/** Bare numbers have their meaning by their place: a line with more or fewer of them is not to be trusted. */
function sameNames(sample: RawValues): ParseLine {
  return (line) => {
    const values = parsePlotter(line);
    return values?.size === sample.size && [...values.keys()].every((name) => sample.has(name)) ? values : undefined;
  };
}
