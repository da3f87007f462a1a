/** Counts of a device, by name, that outlive a session: what a driver itself counts, as nothing else would know it. */
export interface Tallies {
  /** 0 for what was never counted. */
  get(name: string): number;
  /** `count`: a whole number. */
  set(name: string, count: number): void;
}

/** Tallies that outlive nothing. */
export function looseTallies(): Tallies {
  const counts = new Map<string, number>();
  return { get: (name) => counts.get(name) ?? 0, set: (name, count) => void counts.set(name, count) };
}
