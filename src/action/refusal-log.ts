import type { Clock } from '../clock.js';
import type { Outcome, RefusalCode } from '../device/outcome.js';
import type { Log } from '../log.js';
import { Senders } from '../senders.js';
import { Spell } from '../spell.js';
import { printable } from '../text.js';
import { MAX_SENDERS } from './rate.js';

/** Milliseconds in which one sender's refusals with one code are one line. */
const SPELL_MS = 10_000;
/** Lines in that time, whoever they are about: names are free to invent. */
const MAX_LINES = 32;

/**
 * Writes refusals to the log, which may be on an SD card: the first of a sender with a code at once, those of the next 10 s as
 * a number in the line after them. The audit and the metrics have each.
 */
export class RefusalLog {
  private readonly senders: Senders<Map<RefusalCode, Spell>>;
  private readonly all = { until: Number.NEGATIVE_INFINITY, lines: 0 };

  constructor(
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.senders = new Senders(clock, MAX_SENDERS, () => new Map());
  }

  /** A sender's wish was refused. */
  refused(from: string, name: string, { code, message }: Outcome & { readonly ok: false }): void {
    const spells = this.senders.of(from);
    const spell = spells.get(code) ?? new Spell(SPELL_MS, this.clock);
    spells.set(code, spell);
    const earlier = spell.happened(() => this.hasRoom());
    if (!earlier) return;
    const fields = { command: printable(name, 60), code, ...earlier.fields };
    this.log.info(fields, `refused: ${printable(message)}${earlier.words}`);
  }

  private hasRoom(): boolean {
    const { all } = this;
    const now = this.clock.now();
    if (now >= all.until) Object.assign(all, { until: now + SPELL_MS, lines: 0 });
    return all.lines++ < MAX_LINES;
  }
}
