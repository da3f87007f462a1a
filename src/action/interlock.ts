import type { PointSpec, Value } from '../device/point.js';
import { sameValue } from '../device/point.js';
import type { Store } from '../state/store.js';

/** An output of a device, as `device.point`. */
export type OutputName = string;

/** Groups of outputs of which at most one may be on. On is every value but the safe one (or false, or 0). */
export class Interlock {
  private readonly claims = new Map<OutputName, number>();

  constructor(
    private groups: readonly (readonly OutputName[])[],
    private readonly store: Store,
  ) {}

  /** Other groups from now on; outputs that are on their way stay marked. */
  regroup(groups: readonly (readonly OutputName[])[]): void {
    this.groups = groups;
  }

  /** Says why `name` may not be given `value` now; undefined where it may. */
  conflict(name: OutputName, spec: PointSpec, value: Value): string | undefined {
    if (!isOn(spec, value)) return undefined;
    for (const group of this.groups) {
      if (!group.includes(name)) continue;
      for (const other of group) {
        if (other === name) continue;
        if (this.claims.has(other)) return `${other} is being switched on`;
        const output = this.outputOf(other);
        // An output that does not exist, or not yet, can't be on.
        if (!output) continue;
        if (output.said === null) return `nobody knows whether ${other} is off`;
        if (isOn(output.spec, output.said)) return `${other} is on`;
      }
    }
    return undefined;
  }

  /** Marks `name` as on its way to `value` until the returned function is called, so that a neighbour can't overtake it. */
  claim(name: OutputName, spec: PointSpec, value: Value): () => void {
    if (!isOn(spec, value) || !this.groups.some((group) => group.includes(name))) return () => {};
    this.claims.set(name, (this.claims.get(name) ?? 0) + 1);
    return () => {
      const left = (this.claims.get(name) ?? 1) - 1;
      if (left > 0) this.claims.set(name, left);
      else this.claims.delete(name);
    };
  }

  private outputOf(name: OutputName): { spec: PointSpec; said: Value | null } | undefined {
    const [device = '', point = ''] = name.split('.');
    const state = this.store.point(device, point);
    return state && { spec: state.spec, said: this.store.said(device, point) ?? null };
  }
}

function isOn(spec: PointSpec, value: Value): boolean {
  const off = spec.type === 'boolean' ? false : spec.type === 'number' ? 0 : spec.safe;
  return off !== undefined && !sameValue(spec, value, off);
}
