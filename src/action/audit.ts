import type { Clock } from '../clock.js';
import type { Outcome } from '../device/outcome.js';
import type { Value } from '../device/point.js';
import { printable } from '../text.js';
import type { CommandRequest } from './command.js';

/** One command that was asked for, and what became of it. */
export interface AuditEntry {
  /** Integer milliseconds since 1970; null while the machine's clock is not set. */
  readonly at: number | null;
  /** Milliseconds from asking to the outcome. */
  readonly took_ms: number;
  /** The name that the sender gave itself. */
  readonly from: string;
  readonly via: CommandRequest['via'];
  /** `device.point`, `estop`, `estop_reset` or `approve`. */
  readonly what: string;
  /** The value asked for, as text. */
  readonly wish: string;
  readonly ok: boolean;
  /** What the output is at, where it was carried out. */
  readonly value?: Value;
  /** Why it was refused. */
  readonly code?: string;
  readonly message?: string;
}

/** Commands remembered of each sort. */
const MAX_ENTRIES = 128;
/** Longest text kept of what senders wrote. */
const MAX_TEXT = 60;

/** What was asked for. */
export interface Asked {
  readonly from: string;
  readonly via: CommandRequest['via'];
  readonly what: string;
  readonly wish: unknown;
}

/**
 * The last 128 commands that were carried out and the last 128 that were not, with origin and outcome. Apart, as refusals
 * cost a stranger nothing, and must not push out what moved.
 */
export class Audit {
  private readonly done: [order: number, entry: AuditEntry][] = [];
  private readonly refused: [order: number, entry: AuditEntry][] = [];
  private count = 0;

  constructor(private readonly clock: Clock) {}

  /** Notes a command once its outcome is known; a wish that a later one replaced leaves no trace. */
  async note({ from, via, what, wish }: Asked, outcome: Promise<Outcome> | Outcome): Promise<void> {
    const at = this.clock.wall() ?? null;
    const began = this.clock.now();
    const order = this.count++;
    const result = await outcome;
    if (result.ok ? result.replaced : result.code === 'superseded') return;
    const { ok } = result;
    const detail = result.ok ? { value: result.value } : { code: result.code, message: printable(result.message) };
    const entry = {
      at,
      took_ms: Math.round(this.clock.now() - began),
      from: printable(from, MAX_TEXT),
      via,
      what: printable(what, MAX_TEXT),
      wish: printable(JSON.stringify(wish) ?? '', MAX_TEXT),
      ok,
      ...detail,
    };
    const ring = ok ? this.done : this.refused;
    ring.push([order, entry]);
    if (ring.length > MAX_ENTRIES) ring.shift();
  }

  /** What is remembered, in the order in which it was asked for. */
  list(): AuditEntry[] {
    return [...this.done, ...this.refused].sort(([a], [b]) => a - b).map(([, entry]) => entry);
  }
}
