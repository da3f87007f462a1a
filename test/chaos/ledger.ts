import { createHash } from 'node:crypto';
import type { Clock } from '../../src/clock.js';

/** The ids that a relay gives; another one each time. */
const CHANCE_ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Everything that must not happen and did, and the hash of everything that happened, in order. */
export class Ledger {
  readonly violations: string[] = [];
  private readonly hash = createHash('sha256');
  private readonly lines: string[] | undefined;

  /** With `keep`, the trace can be read afterwards. */
  constructor(
    private readonly clock: Clock,
    keep = false,
  ) {
    this.lines = keep ? [] : undefined;
  }

  /** Something happened. */
  note(what: string, detail: unknown = ''): void {
    const text = typeof detail === 'string' ? detail : JSON.stringify(detail).replaceAll(CHANCE_ID, 'id');
    const line = `${this.clock.now().toFixed(2)} ${what} ${text}`;
    this.hash.update(`${line}\n`);
    this.lines?.push(line);
  }

  /** Something must hold. */
  check(holds: boolean, what: string): void {
    if (!holds) this.violate(what);
  }

  violate(what: string): void {
    this.note('VIOLATION', what);
    if (this.violations.length < 50) this.violations.push(`${this.clock.now().toFixed(0)} ms: ${what}`);
  }

  get trace(): readonly string[] {
    return this.lines ?? [];
  }

  /** The hash of all that was noted; ends the ledger. */
  digest(): string {
    return this.hash.digest('hex').slice(0, 16);
  }
}
