import type { Clock } from '../../src/clock.js';
import type { FaultKind } from './faults/fault.js';

const SWAP = 'plug both boards';

/** Which faults are there now, and where: of those that are about the same thing only one is. */
export class Troubles {
  /** By place; when it was over, where it is. */
  private readonly places = new Map<string, number | undefined>();
  /** When the last one was over. */
  lastEnd: number;

  constructor(private readonly clock: Clock) {
    this.lastEnd = clock.now();
  }

  /** Number of those that are there. */
  get count(): number {
    return [...this.places.values()].filter((over) => over === undefined).length;
  }

  /** One begins, unless there is one already; what is returned says that it is over. */
  begin(kind: FaultKind, target: string): (() => void) | undefined {
    const place = `${kind.aspect} ${target}`;
    const busy = [...this.places].some(
      ([other, over]) => over === undefined && (other === place || clash(place, other)),
    );
    if (busy) return undefined;
    this.places.set(place, undefined);
    return () => {
      this.places.set(place, this.clock.now());
      this.lastEnd = this.clock.now();
    };
  }

  /** Whether there was none that is about these for so many milliseconds. */
  calm(ms: number, targets: readonly string[]): boolean {
    const recent = (over = Number.POSITIVE_INFINITY) => this.clock.now() - over < ms;
    return ![...this.places].some(([place, over]) => recent(over) && targets.some((target) => concerns(place, target)));
  }
}

/** A fault of both boards' sockets is about every device. */
function concerns(place: string, target: string): boolean {
  return place === SWAP || place.endsWith(` ${target}`);
}

/** Whether two places are the same sockets: a swap takes both boards'. */
function clash(place: string, other: string): boolean {
  return place.startsWith('plug ') && other.startsWith('plug ') && (place === SWAP || other === SWAP);
}
