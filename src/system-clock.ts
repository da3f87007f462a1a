import { existsSync } from 'node:fs';
import type { Clock } from './clock.js';

/** No machine that runs this program has a right clock that reads earlier. */
const BUILT = Date.UTC(2026, 0, 1);
/** systemd-timesyncd makes this folder when it runs and the file once the clock was set. */
const TIMESYNC = '/run/systemd/timesync';

/** The machine's clocks. A Raspberry Pi has no battery clock, so wall time counts only once it was set from the network. */
export function systemClock(timesync = TIMESYNC): Clock {
  let synchronised = false;
  const checkSynchronised = () =>
    Date.now() >= BUILT && (!existsSync(timesync) || existsSync(`${timesync}/synchronized`));
  return {
    now: () => performance.now(),
    wall: () => {
      synchronised ||= checkSynchronised();
      return synchronised ? Date.now() : undefined;
    },
    after: (ms, fn) => {
      const handle = setTimeout(fn, ms);
      return { cancel: () => clearTimeout(handle) };
    },
  };
}
