import type { Clock, Timer } from '../clock.js';
import type { OutputName } from './on-times.js';

/** An output that was not seen off is told again after this time. */
const AGAIN_MS = 1_000;

/** Outputs that have to go back to their safe values: told at once, and again until they are seen off. */
export class BackToSafe {
  private readonly due = new Map<OutputName, { readonly strict: boolean; timer: Timer }>();

  /** `tell` commands an output to its safe value. */
  constructor(
    private readonly clock: Clock,
    private readonly tell: (name: OutputName) => void,
  ) {}

  /** `strict`: no command may switch it on before it was seen off. */
  demand(name: OutputName, strict: boolean): void {
    const known = this.due.get(name);
    known?.timer.cancel();
    const timer = this.clock.after(AGAIN_MS, () => this.demand(name, strict));
    this.due.set(name, { strict: strict || known?.strict === true, timer });
    this.tell(name);
  }

  /** It was seen off, or somebody may want something else of it now. */
  over(name: OutputName): void {
    this.due.get(name)?.timer.cancel();
    this.due.delete(name);
  }

  /** True while nobody may switch it on. */
  isStrict(name: OutputName): boolean {
    return this.due.get(name)?.strict ?? false;
  }

  close(): void {
    for (const name of [...this.due.keys()]) this.over(name);
  }
}
