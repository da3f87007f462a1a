import type { Clock } from '../clock.js';
import type { Outcome } from '../device/outcome.js';
import type { CommandRequest } from './command.js';

/** A tap's outcome is remembered this long, so that a repeat gets the same answer. */
const REMEMBER_MS = 60_000;
const MAX_REMEMBERED = 4096;

type Tap = Pick<CommandRequest, 'from' | 'cmd'> & Partial<CommandRequest>;

/** What became of the last taps: one that is repeated gets the same answer, and is not carried out again. */
export class Taps {
  private readonly remembered = new Map<string, { outcome: Promise<Outcome>; at: number }>();

  constructor(private readonly clock: Clock) {}

  /** The outcome of a tap that came before. */
  outcomeOf(tap: Tap): Promise<Outcome> | undefined {
    if (tap.cmd === undefined) return undefined;
    const known = this.remembered.get(keyOf(tap));
    return known && this.clock.now() - known.at <= REMEMBER_MS ? known.outcome : undefined;
  }

  remember(tap: Tap, outcome: Promise<Outcome>): void {
    if (tap.cmd === undefined) return;
    const now = this.clock.now();
    for (const [old, { at }] of this.remembered) {
      if (now - at <= REMEMBER_MS && this.remembered.size < MAX_REMEMBERED) break;
      this.remembered.delete(old);
    }
    this.remembered.set(keyOf(tap), { outcome, at: now });
  }
}

/** One tap of one sender; of phones without a name two may give theirs the same id. */
function keyOf({ from, cmd, device, point, value, pulseMs }: Tap): string {
  return JSON.stringify(from === '' ? [from, cmd, device, point, value, pulseMs] : [from, cmd]);
}
