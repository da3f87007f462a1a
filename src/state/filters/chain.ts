import type { Value } from '../../device/point.js';
import type { Emit, Stage } from './filter.js';

/** Builds one stage that emits there. */
export type MakeStage = (emit: Emit) => Stage;

/**
 * The filters of one point, one behind the other. Unknown, from the device or from a filter, goes to the end at once and
 * resets them all, so that nothing older has a part in what comes after it. So does what is no finite number any more.
 */
export class Chain {
  private readonly stages: Stage[] = [];
  private readonly first: (value: Value, at: number) => void;

  constructor(
    makers: readonly MakeStage[],
    private readonly end: Emit,
  ) {
    let next: (value: Value, at: number) => void = end;
    for (const make of [...makers].reverse()) {
      const after = next;
      const stage = make((value, at) => {
        if (value === null || (typeof value === 'number' && !Number.isFinite(value))) this.unknown(at);
        else after(value, at);
      });
      this.stages.push(stage);
      next = (value, at) => stage.take(value, at);
    }
    this.first = next;
  }

  /** Takes what the device said at `at`. What comes out may come later, or never. */
  take(value: Value | null, at: number): void {
    if (value === null) this.unknown(at);
    else this.first(value, at);
  }

  /** The device said at `at`, past all filters, what the point is: they begin anew, but its silence counts from then on. */
  restart(at: number): void {
    this.reset();
    for (const stage of this.stages) stage.heard?.(at);
  }

  /** Forgets everything; no timer is left. */
  reset(): void {
    for (const stage of this.stages) stage.reset();
  }

  private unknown(at: number): void {
    this.reset();
    this.end(null, at);
  }
}
