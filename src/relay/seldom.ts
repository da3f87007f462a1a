import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import { Spell } from '../spell.js';

/** Least time between two lines about one thing, in ms: clients retry every few seconds for ever. */
const QUIET_MS = 60_000;

/** Warns of what clients can do as often as they like: at once, and then once a minute, with how often it was meanwhile. */
export class Seldom {
  private readonly spell: Spell;

  constructor(
    private readonly what: string,
    clock: Clock,
    private readonly log: Log,
  ) {
    this.spell = new Spell(QUIET_MS, clock);
  }

  /** It happened; `fields`: to whom. */
  happened(fields: object): void {
    const earlier = this.spell.happened();
    if (earlier) this.log.warn({ ...fields, ...earlier.fields }, `relay: ${this.what}${earlier.words}`);
  }
}
