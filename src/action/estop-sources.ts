import type { Store } from '../state/store.js';
import type { EmergencyStop, EstopSource } from './estop.js';

/**
 * Presses the emergency stop when one of its sources says so, or falls silent after it was known: the cable of a button that
 * stops things may be what broke. Returns what ends the watch.
 */
export function watchEstopSources(estop: EmergencyStop, store: Store, press: (by: string) => void): () => void {
  /** Sources that were known to be released. */
  const released = new Set<EstopSource>();
  const of = (device: string, point: string) =>
    estop.sources.filter((source) => source.device === device && source.point === point);
  const look = (device: string, points: readonly string[]) => {
    for (const source of points.flatMap((point) => of(device, point))) {
      const name = `${source.device}.${source.point}`;
      const said = store.said(source.device, source.point) ?? null;
      if (said === (source.when ?? true)) press(name);
      else if (said === null && released.delete(source)) press(`the loss of ${name}`);
      else if (said !== null) released.add(source);
    }
  };
  // Where it is watched from now on only, it may be pressed already.
  for (const { device, point } of estop.sources) look(device, [point]);
  return store.subscribe({
    changed: look,
    heard: look,
    event: (device, { point, event }) => {
      for (const { when = 'pressed' } of of(device, point)) if (event === when) press(`${device}.${point}`);
    },
  });
}
