import type { Clock } from '../clock.js';
import type { Outcome, RefusalCode } from '../device/outcome.js';
import type { Log } from '../log.js';
import { Senders } from '../senders.js';
import { printable } from '../text.js';
import { MAX_SENDERS } from './rate.js';

/** Milliseconds in which one sender's refusals with one code are one line. */
const SPELL_MS = 10_000;
/** Lines in that time, whoever they are about: names are free to invent. */
const MAX_LINES = 32;

interface Spell {
  until: number;
  /** Refusals since its last line. */
  more: number;
}

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
    const now = this.clock.now();
    const spells = this.senders.of(from);
    const spell = spells.get(code) ?? { until: Number.NEGATIVE_INFINITY, more: 0 };
    spells.set(code, spell);
    if (now < spell.until || !this.hasRoom(now)) {
      spell.more++;
      return;
    }
    const { more } = spell;
    spell.until = now + SPELL_MS;
    spell.more = 0;
    const earlier = more > 0 ? `; and ${more} more before, since the last such line` : '';
    const fields = { command: printable(name, 60), code, ...(more > 0 && { more }) };
    this.log.info(fields, `refused: ${printable(message)}${earlier}`);
  }

  private hasRoom(now: number): boolean {
    const { all } = this;
    if (now >= all.until) Object.assign(all, { until: now + SPELL_MS, lines: 0 });
    return all.lines++ < MAX_LINES;
  }
}
