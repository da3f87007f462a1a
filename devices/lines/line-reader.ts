import { sleep } from '../../src/clock.js';
import type { DeviceIo } from '../../src/device/driver.js';
import type { Value } from '../../src/device/point.js';
import { AutoFormat } from './auto-format.js';
import { FamiliarNames } from './familiar-names.js';
import {
  behindLogPrefix,
  csvParser,
  type ParseLine,
  parseJson,
  parseKeyValue,
  parsePlotter,
  patternParser,
} from './formats.js';
import { InferredPoints } from './inferred-points.js';
import type { LinePoint } from './line-point.js';
import { ListedPoints } from './listed-points.js';
import type { LinesOptions } from './options.js';
import { Pattern } from './pattern.js';

const NOTHING: ReadonlyMap<string, Value | null> = new Map();

/** Turns the lines of one session into readings and events. */
export class LineReader {
  private readonly points: ListedPoints | InferredPoints;
  private readonly parse: ParseLine;
  private readonly banner: Pattern | undefined;
  private readonly awake = new AbortController();
  private opened: number | undefined;
  private banners = 0;
  private readings = NOTHING;

  /** Describes the listed points, or none yet. */
  constructor(
    private readonly options: LinesOptions,
    points: ReadonlyMap<string, LinePoint> | undefined,
    private readonly io: DeviceIo,
  ) {
    this.points = points ? new ListedPoints(points, io) : new InferredPoints(io);
    this.parse = this.parser(options.format);
    this.banner = options.banner === undefined ? undefined : new Pattern(options.banner);
  }

  /** What the line just read says, by point. */
  get said(): ReadonlyMap<string, Value | null> {
    return this.readings;
  }

  /** Reads one line. */
  line(text: string): void {
    this.readings = NOTHING;
    if (this.banner?.test(text)) {
      this.began();
      return;
    }
    if (!this.banner) this.wake();
    const values = this.parse(text);
    if (values) this.readings = new Map(this.points.take(values).map(({ point, value }) => [point, value]));
    else this.io.ignored('not a reading', text);
  }

  /** Resolves once the sketch has begun: with its first line (its banner, where that is known), else after `boot`. */
  async begun(signal: AbortSignal): Promise<void> {
    this.opened = this.io.clock.now();
    try {
      await sleep(this.io.clock, this.options.boot, AbortSignal.any([signal, this.awake.signal]));
    } catch {
      signal.throwIfAborted();
    }
  }

  /** Opening the port restarts many boards: one banner within `boot` is no surprise, any other is. */
  private began(): void {
    this.wake();
    const age = this.opened === undefined ? 0 : this.io.clock.now() - this.opened;
    if (++this.banners > 1 || age > this.options.boot) {
      this.io.lost('the board has restarted (if it only starts slowly, raise `boot`)');
    }
  }

  /** An abort makes an exception each time, even where it is one too many. */
  private wake(): void {
    if (!this.awake.signal.aborted) this.awake.abort();
  }

  private parser(format: LinesOptions['format']): ParseLine {
    const listed = this.points instanceof ListedPoints ? this.points.names : undefined;
    if (typeof format === 'object') {
      return 'csv' in format ? csvParser(format.csv) : patternParser(new Pattern(format.regex));
    }
    return behindLogPrefix(this.named(format, listed));
  }

  private named(format: 'auto' | 'json' | 'keyvalue' | 'plotter', listed: ReadonlySet<string> | undefined): ParseLine {
    switch (format) {
      case 'json':
        return parseJson;
      case 'plotter':
        return parsePlotter;
      case 'keyvalue':
        return listed ? parseKeyValue : new FamiliarNames().cautious(parseKeyValue);
      case 'auto':
        return new AutoFormat(listed, this.io.log, () => this.points.forget()).parse;
    }
  }
}
