import type { Key, Source } from './parts-lane.js';

/** Says everything it has, each time it is asked to; requests before it got its turn are one. */
export class Snapshot implements Source {
  private wanted = false;

  constructor(
    private readonly keys: () => Iterable<Key>,
    readonly read: (key: Key) => unknown,
  ) {}

  request(): void {
    this.wanted = true;
  }

  dueIn(): number {
    return this.wanted ? 0 : Number.POSITIVE_INFINITY;
  }

  take(): { keys: Key[]; full: boolean } {
    this.wanted = false;
    return { keys: [...this.keys()], full: false };
  }

  clear(): void {
    this.wanted = false;
  }
}
