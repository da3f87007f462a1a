import type { JsonObject } from '../mesh/frame.js';
import type { PointState, Store } from '../state/store.js';

/** Tells what a point is, and from then on each of its readings, or what happens there; the returned function ends that. */
export function watchPoint(store: Store, device: string, point: string, tell: (entry: JsonObject) => void): () => void {
  let last: PointState | undefined;
  const look = () => {
    const state = store.point(device, point);
    if (!state || state === last || state.spec.role === 'event') return;
    last = state;
    const { value, quality, spec } = state;
    tell({ value, quality, ...(spec.unit === undefined ? {} : { unit: spec.unit }) });
  };
  const hear = (from: string, points: readonly string[]) => {
    if (from === device && points.includes(point)) look();
  };
  look();
  return store.subscribe({
    read: hear,
    changed: hear,
    quality: hear,
    event: (from, { point: id, event, count }) => {
      if (from === device && id === point) tell({ event, ...(count === undefined ? {} : { count }) });
    },
  });
}
