import type { Clock, Timer } from '../clock.js';
import type { Health, Store } from '../state/store.js';

const GONE: ReadonlySet<Health> = new Set(['offline', 'stale']);

/** Says which device has been gone or silent for `ms`; one that never was there is not lost. The returned function ends it. */
export function watchLostDevices(store: Store, clock: Clock, ms: number, lost: (device: string) => void): () => void {
  const seen = new Set<string>();
  const timers = new Map<string, Timer>();
  const look = (device: string, health: Health | undefined) => {
    if (health === undefined || !GONE.has(health)) {
      if (health !== undefined) seen.add(device);
      timers.get(device)?.cancel();
      timers.delete(device);
    } else if (seen.has(device) && !timers.has(device)) {
      const tell = () => {
        seen.delete(device);
        timers.delete(device);
        lost(device);
      };
      timers.set(device, clock.after(ms, tell));
    }
  };
  for (const device of store.devices()) look(device, store.health(device));
  const unsubscribe = store.subscribe({ health: look });
  return () => {
    unsubscribe();
    for (const timer of timers.values()) timer.cancel();
  };
}
