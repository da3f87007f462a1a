import type { Value } from '../device/point.js';
import type { Remembered } from '../state/output-memory.js';
import type { OutputName } from './on-times.js';

/** What outputs were last put to on somebody's wish, until it is taken back: also what is on its way when that happens. */
export class Wishes {
  private turn = 0;
  private forgottenAt = 0;
  private readonly takenBackAt = new Map<OutputName, number>();

  constructor(private readonly desired: Remembered) {}

  /** A command goes out; what is returned notes what came of it. */
  begin(name: OutputName): (value: Value | undefined) => void {
    const begun = ++this.turn;
    return (value) => {
      const takenBack = Math.max(this.forgottenAt, this.takenBackAt.get(name) ?? 0);
      if (takenBack < begun) this.desired.note(name, value);
    };
  }

  /** Whether it would come back, where its owner wants that. */
  has(name: OutputName): boolean {
    return this.desired.of(name) !== undefined;
  }

  /** The output is to be at its safe value, and nothing comes back. */
  takeBack(name: OutputName): void {
    this.takenBackAt.set(name, ++this.turn);
    this.desired.note(name, undefined);
  }

  /** The same for all outputs. */
  forget(): void {
    this.forgottenAt = ++this.turn;
    this.takenBackAt.clear();
    this.desired.forget();
  }
}
