import { pressedAt } from '../device/stop-source.js';
import type { Store } from '../state/store.js';
import type { EmergencyStop, EstopSource } from './estop.js';

/** What drivers say in the place of events that got lost. */
const GAP = 'gap';

/**
 * Presses the emergency stop when one of its sources says so, or when nobody knows any more that it is released: the cable of
 * a button that stops things may be what broke. Returns what ends the watch.
 */
export function watchEstopSources(estop: EmergencyStop, store: Store, press: (by: string) => void): () => void {
  /** What was known of each last. */
  const before = new Map<EstopSource, boolean | undefined>();
  const look = (source: EstopSource) => {
    const name = `${source.device}.${source.point}`;
    const [was, pressed] = [before.get(source), estop.isPressed(source)];
    before.set(source, pressed);
    if (pressed && !was) press(name);
    else if (pressed === undefined && was === false) press(`the loss of ${name}`);
  };
  const lookAt = (device: string, points?: readonly string[]) => {
    for (const source of estop.sources) {
      if (source.device === device && (points?.includes(source.point) ?? true)) look(source);
    }
  };
  // Where it is watched from now on only, it may be pressed already.
  for (const source of estop.sources) look(source);
  return store.subscribe({
    changed: lookAt,
    quality: lookAt,
    described: (device) => lookAt(device),
    health: (device) => lookAt(device),
    event: (device, { point, event }) => {
      for (const source of estop.sources) {
        if (source.device !== device || source.point !== point) continue;
        // Of what got lost nobody knows that it was no press.
        if (event === GAP || event === pressedAt({ role: 'event' }, source.when)) press(`${device}.${point}`);
      }
    },
  });
}
