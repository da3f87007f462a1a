import type { Clock } from '../clock.js';
import type { Store } from '../state/store.js';
import { sameValue, type Value } from './point.js';
import { safeOutputs } from './safe-outputs.js';

/** An output has this long after the connection to say what it is, before it is put to its safe value. */
export const READ_BACK_MS = 1_500;

/** What the check of a device's outputs needs. */
export interface SafeStartParts {
  device: string;
  /** True for the first connection since the start of the bridge. */
  first: boolean;
  store: Store;
  clock: Clock;
  /** Over when the session is. */
  signal: AbortSignal;
  /** True: an emergency stop is latched or was missed, which spares nothing that its owner wants to find otherwise. */
  stopped: boolean;
  /** Every output was looked at. */
  judged(): void;
  /** Puts an output to its safe value; a wish that came meanwhile has priority. */
  makeSafe(point: string, value: Value): void;
}

/**
 * After a connection: reads first, and writes a safe value only to an output that says another one,
 * or that did not say anything in time. Returns what to call with an output that somebody has put to a value meanwhile:
 * that one is not in doubt any more, though it may still be on its way.
 */
export function startSafe(parts: SafeStartParts): (point: string) => void {
  const { device, first, store, clock, signal, stopped, judged, makeSafe } = parts;
  const concerned = safeOutputs(store, device).filter(({ adopts, rules }) => {
    return stopped || ((first ? rules?.onBoot : rules?.onDeviceLost) ?? (adopts ? 'hold' : 'safe')) !== 'hold';
  });
  const open = new Map(concerned.map((output) => [output.id, output]));
  const judge = (ids: Iterable<string>, last: boolean) => {
    for (const id of ids) {
      const spec = open.get(id);
      const said = store.said(device, id);
      if (!spec || said === undefined) continue;
      if (said === null && !last && !spec.assumed) continue;
      open.delete(id);
      const wanted = stopped ? spec.safe : (spec.initial ?? spec.safe);
      if (!sameValue(spec, said, wanted)) makeSafe(id, spec.safe);
    }
    if (open.size > 0) return;
    finish();
    judged();
  };
  const hear = (changed: string, points: readonly string[]) => {
    if (changed === device) judge(points, false);
  };
  const unsubscribe = store.subscribe({ changed: hear, heard: hear });
  const timer = clock.after(READ_BACK_MS, () => judge([...open.keys()], true));
  const finish = () => {
    unsubscribe();
    timer.cancel();
    signal.removeEventListener('abort', finish);
  };
  signal.addEventListener('abort', finish, { once: true });
  judge([...open.keys()], false);
  return (point) => void open.delete(point);
}
