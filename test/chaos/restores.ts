import type { JsonObject } from '../../src/mesh/frame.js';
import type { OwnedOutput } from './wishes.js';

/** What is confirmed is on the disk after so long. */
const KEPT_MS = 1_500;

interface Wish {
  readonly cmd: string;
  readonly on: boolean;
  confirmedAt?: number;
}

/** Knows what outputs may and must come back to after a restart whose owner wants that. */
export class Restores {
  /** The last wish for each. */
  private readonly last = new Map<string, Wish>();
  /** Those that were on by somebody's wish since the last emergency stop: what is remembered may be older than the last wish. */
  private readonly wereOn = new Set<string>();
  private readonly names: ReadonlySet<string>;

  constructor(outputs: readonly OwnedOutput[]) {
    this.names = new Set(outputs.filter(({ restored }) => restored).map(({ device, point }) => `${device}.${point}`));
  }

  /** A command came to the bridge. */
  came({ msg_type, dev, point, value, _cmd }: JsonObject): void {
    const name = `${String(dev)}.${String(point)}`;
    if (msg_type === 'rig.estop') this.forget();
    if (msg_type !== 'rig.cmd' || !this.names.has(name)) return;
    // After a pulse nothing is wished for.
    if (this.last.get(name)?.cmd !== _cmd) this.last.set(name, { cmd: String(_cmd), on: value === true });
  }

  /** The bridge answers it. */
  answered({ cmd_id, ok }: JsonObject, now: number): void {
    for (const wish of this.last.values()) {
      if (wish.cmd !== cmd_id || ok !== true) continue;
      wish.confirmedAt ??= now;
    }
  }

  /** The bridge has put it to a value: whoever asked for that may not be answered yet. */
  told(name: string, isSafe: boolean): void {
    if (!isSafe && this.names.has(name)) this.wereOn.add(name);
  }

  /** What is on the disk may be older, or lost. */
  doubt(): void {
    this.last.clear();
  }

  /** Nothing comes back. */
  forget(): void {
    this.last.clear();
    this.wereOn.clear();
  }

  /** Whether it may be on without anybody asking this bridge for that. */
  mayBeOn(name: string): boolean {
    return this.wereOn.has(name);
  }

  /** Those that must be on after a bridge has begun that is the next after one that ended at `end`. */
  mustBeOn(end: number): string[] {
    const isKept = ({ on, confirmedAt = Number.POSITIVE_INFINITY }: Wish) => on && confirmedAt <= end - KEPT_MS;
    return [...this.last].filter(([, wish]) => isKept(wish)).map(([name]) => name);
  }
}
