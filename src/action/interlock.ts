import type { Clock } from '../clock.js';
import { idsIn, isOn, type PointSpec, type Value } from '../device/point.js';
import type { Store } from '../state/store.js';
import type { OnTimes, OutputName } from './on-times.js';

/** Outputs of which at most one is on; after one went off, `deadTime` milliseconds pass before another goes on. */
export interface InterlockGroup {
  readonly outputs: readonly OutputName[];
  readonly deadTime: number;
}

/** Why an output may not be switched on; `wait`: in so many milliseconds it may. */
export interface Conflict {
  readonly message: string;
  readonly wait?: number;
}

/** Groups of outputs of which at most one may be on. */
export class Interlock {
  constructor(
    private groups: readonly InterlockGroup[],
    private readonly store: Store,
    private readonly times: OnTimes,
    private readonly clock: Clock,
  ) {}

  /** Other groups from now on; outputs that are on their way stay marked. */
  regroup(groups: readonly InterlockGroup[]): void {
    this.groups = groups;
  }

  /** Says why `name` may not be given `value` now; undefined where it may. */
  conflict(name: OutputName, spec: PointSpec, value: Value): Conflict | undefined {
    if (!isOn(spec, value)) return undefined;
    let longest: Conflict | undefined;
    for (const { outputs, deadTime } of this.groups) {
      if (!outputs.includes(name)) continue;
      for (const other of outputs) {
        const conflict = other === name ? undefined : this.between(other, deadTime);
        if (!conflict) continue;
        if (conflict.wait === undefined) return conflict;
        if (conflict.wait > (longest?.wait ?? 0)) longest = conflict;
      }
    }
    return longest;
  }

  private between(other: OutputName, deadTime: number): Conflict | undefined {
    const [device, point] = idsIn(other);
    const state = this.store.point(device, point);
    if (this.times.isUnderWay(other)) return { message: `${other} is being switched on` };
    const said = this.store.said(device, point) ?? null;
    // What a device has not said for too long need not be so any more.
    if (!state || said === null || state.value === null) return { message: `nobody knows whether ${other} is off` };
    if (isOn(state.spec, said)) return { message: `${other} is on` };
    if (this.times.onSince(other) !== undefined) return { message: `${other} did not confirm that it is off` };
    const wait = (this.times.offSince(other) ?? this.clock.now()) + deadTime - this.clock.now();
    return wait > 0 ? { message: `${other} was on a moment ago`, wait } : undefined;
  }
}
