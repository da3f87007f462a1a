import type { Clock } from '../clock.js';
import type { PointSpec } from '../device/point.js';
import { Deadlines } from './deadlines.js';
import type { OutputName } from './on-times.js';

/** Who holds a button says so every 250 ms; after three that did not come, the output is off within a second. */
const HELD_MS = 750;

/** Milliseconds for which a command for an output holds; `stick`: what the command itself says. Undefined: for good. */
export function leaseOf(spec: PointSpec | undefined, stick?: number): number | undefined {
  return stick ?? (spec?.rules?.holdToRun ? HELD_MS : spec?.rules?.lease);
}

/** Outputs that run only for as long as somebody says again and again that they are to: who that is, and until when. */
export class Leases {
  private readonly ends: Deadlines;
  private readonly holders = new Map<OutputName, string>();
  private readonly turns = new Map<OutputName, number>();
  private turn = 0;

  /** `over` is called with each output of which nothing was heard in time. */
  constructor(
    private readonly clock: Clock,
    private readonly over: (name: OutputName) => void,
  ) {
    this.ends = new Deadlines(clock);
  }

  /** Those that run. */
  get names(): OutputName[] {
    return [...this.holders.keys()];
  }

  has(name: OutputName): boolean {
    return this.holders.has(name);
  }

  /** Whether it runs for as long as `holder` wants. */
  isHeldBy(name: OutputName, holder: string): boolean {
    return this.holders.get(name) === holder;
  }

  /**
   * A command goes out that holds until `end`, on the clock, or for good where that is undefined. What is returned is to be
   * told whether the device carried it out: what somebody else holds is theirs until then.
   */
  begin(name: OutputName, holder: string, end: number | undefined): (carriedOut: boolean) => void {
    const turn = ++this.turn;
    this.turns.set(name, turn);
    if (end !== undefined && (!this.has(name) || this.isHeldBy(name, holder))) this.set(name, holder, end);
    return (carriedOut) => {
      if (!carriedOut || this.turns.get(name) !== turn) return;
      if (end === undefined) this.cancel(name);
      else if (!this.isHeldBy(name, holder)) this.set(name, holder, end);
    };
  }

  /** Its holder wants it for so much longer; anybody else has no say. */
  renew(name: OutputName, holder: string, ms: number): void {
    if (this.isHeldBy(name, holder)) this.set(name, holder, this.clock.now() + ms);
  }

  /** It is held no more. */
  cancel(name: OutputName): void {
    this.ends.cancel(name);
    this.holders.delete(name);
  }

  /** The output is no more. */
  forget(name: OutputName): void {
    this.cancel(name);
    this.turns.delete(name);
  }

  close(): void {
    for (const name of this.names) this.cancel(name);
  }

  private set(name: OutputName, holder: string, end: number): void {
    this.holders.set(name, holder);
    this.ends.set(name, end - this.clock.now(), () => {
      this.holders.delete(name);
      this.over(name);
    });
  }
}
