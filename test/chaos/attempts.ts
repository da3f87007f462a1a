/** When the bridge called its relay and opened its devices. */
export class Attempts {
  private readonly byPlace = new Map<string, number[]>();

  note(place: string, at: number): void {
    const times = this.byPlace.get(place);
    if (times) times.push(at);
    else this.byPlace.set(place, [at]);
  }

  /** The first one within these two times. */
  firstBetween(place: string, since: number, until: number): number | undefined {
    return this.byPlace.get(place)?.find((at) => at >= since && at <= until);
  }

  last(place: string): number {
    return this.byPlace.get(place)?.at(-1) ?? Number.NEGATIVE_INFINITY;
  }

  /** How many there were at `since` or later. */
  countSince(place: string, since: number): number {
    return this.byPlace.get(place)?.filter((at) => at >= since).length ?? 0;
  }
}
