import type { Clock } from '../../src/clock.js';
import type { FaultKind } from './faults/fault.js';

const SWAP = 'plug both boards';

/** Faults of one aspect of one target. */
interface Place {
  readonly target: string;
  /** When the last one was over, where it is. */
  over: number | undefined;
  /** Until when the bridge may hold off on purpose. */
  heldUntil: number;
}

/** Which faults are there now, and where: of those that are about the same thing only one is. */
export class Troubles {
  private readonly places = new Map<string, Place>();
  private startedAt: number;

  constructor(private readonly clock: Clock) {
    this.startedAt = clock.now();
  }

  /** All is up: what was before is nobody's trouble. */
  start(): void {
    this.startedAt = this.clock.now();
  }

  /** Number of those that are there. */
  get count(): number {
    return [...this.places.values()].filter(({ over }) => over === undefined).length;
  }

  /** When the last one was over. */
  get lastEnd(): number {
    return Math.max(this.startedAt, ...[...this.places.values()].map(({ over }) => over ?? 0));
  }

  /** One begins, unless there is one already; what is returned says that it is over. */
  begin({ aspect, holdsOff }: FaultKind, target: string): (() => void) | undefined {
    const name = `${aspect} ${target}`;
    const busy = [...this.places].some(
      ([other, { over }]) => over === undefined && (other === name || clash(name, other)),
    );
    if (busy) return undefined;
    const place = this.places.get(name) ?? { target, over: undefined, heldUntil: Number.NEGATIVE_INFINITY };
    this.places.set(name, place);
    place.over = undefined;
    return () => {
      place.over = this.clock.now();
      if (holdsOff !== undefined) place.heldUntil = place.over + holdsOff;
    };
  }

  /** When the last one was over that was about this one, or about none of these alone; undefined where one is there. */
  quietSince(target: string, all: readonly string[]): number | undefined {
    const about = [...this.places.values()].filter((place) => place.target === target || !all.includes(place.target));
    if (about.some(({ over }) => over === undefined)) return undefined;
    return Math.max(this.startedAt, ...about.map(({ over }) => over ?? 0));
  }

  /** Until when the bridge may hold off on purpose from this one. */
  heldUntil(target: string): number {
    const held = [...this.places.values()].filter((place) => place.target === target);
    return Math.max(Number.NEGATIVE_INFINITY, ...held.map(({ heldUntil }) => heldUntil));
  }

  /** Whether there was none that is about these for so many milliseconds. */
  calm(ms: number, targets: readonly string[]): boolean {
    const recent = (over = Number.POSITIVE_INFINITY) => this.clock.now() - over < ms;
    return ![...this.places].some(
      ([place, { over }]) => recent(over) && targets.some((target) => concerns(place, target)),
    );
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
