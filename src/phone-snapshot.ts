import { mapFrame } from './frame/shapes.js';
import type { Binding } from './layout/bind.js';
import { type Contract, contractOf } from './layout/contract.js';
import { fillGroups } from './layout/dynamic.js';
import { snapshotOf } from './layout/snapshot.js';
import type { JsonObject } from './mesh/frame.js';
import type { Store } from './state/store.js';

/** What snapshots are made from. */
export interface PhoneSnapshotParts {
  readonly store: Store;
  readonly namespace: string;
  /** The layout for phones, and what its dynamic group of devices is filled with. */
  layout(): JsonObject;
  deck(): JsonObject[];
  readonly binding: Binding | undefined;
}

/** What every control of the phones' layout holds now, its dynamic ones included: as if each had heard a full state. */
export class PhoneSnapshot {
  private known: Contract | undefined;

  constructor(private readonly parts: PhoneSnapshotParts) {
    parts.store.subscribe({ described: () => this.forget() });
  }

  /** The layout is another one. */
  forget(): void {
    this.known = undefined;
  }

  /** Values by control id; controls of which nothing is known are left out. */
  controls(): ReadonlyMap<string, unknown> {
    return snapshotOf(this.contract, this.frames());
  }

  /**
   * False for a phone that shows another bridge's layout, whose controls may have the same ids: it asks for dynamic groups,
   * and for none of ours.
   */
  isFor(dynamic: unknown): boolean {
    if (!Array.isArray(dynamic) || dynamic.length === 0) return true;
    return this.contract.dynamic.some((event) => dynamic.includes(event));
  }

  private get contract(): Contract {
    this.known ??= this.read();
    return this.known;
  }

  private read(): Contract {
    const layout = structuredClone(this.parts.layout());
    fillGroups(layout, { msg_type: `${this.parts.namespace}.devices`, children: this.parts.deck() });
    return contractOf(layout);
  }

  /** All that a phone would be told of values, in the bridge's words and in those of a layout written by hand. */
  private frames(): JsonObject[] {
    const { store, namespace, binding } = this.parts;
    const devices = [...store.devices()];
    const health = (device: string) => (device === 'bridge' ? 'online' : store.health(device));
    const points = devices.flatMap((device) =>
      [...store.points(device).values()].flatMap(({ spec, value, quality }) =>
        spec.role === 'event' ? [] : [{ device, point: spec.id, value, quality }],
      ),
    );
    const qualities = points.map(({ device, point, quality }) => ({ device, point, value: quality }));
    const words = [...devices, 'bridge'].map((device) => ({ device, point: '', value: health(device) }));
    const now = (device: string, point: string) => (point === '' ? health(device) : store.point(device, point)?.value);
    return [
      mapFrame(`${namespace}.state`, points, {}),
      mapFrame(`${namespace}.quality`, qualities, {}),
      mapFrame(`${namespace}.health`, words, {}),
      ...(binding?.frames ?? []).map((frame) => frame.build(now)).filter((frame) => frame !== undefined),
    ];
  }
}
