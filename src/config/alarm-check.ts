import { isObject } from '../mesh/frame.js';
import { readable } from './derived-check.js';
import type { Finding } from './problems.js';
import type { Wording } from './wording.js';

/** Alarms that name points which are not there. Works on the raw section. `namedPoint` says what is wrong with a `device.point`. */
export function checkAlarms(notify: unknown, namedPoint: (name: string) => Wording | undefined): Finding[] {
  const alarms: unknown = isObject(notify) ? notify['alarms'] : undefined;
  if (!Array.isArray(alarms)) return [];
  return alarms.flatMap((alarm: unknown, i) => {
    const when = isObject(alarm) && typeof alarm['when'] === 'string' ? readable(alarm['when']) : undefined;
    return (when?.inputs ?? []).flatMap(({ device, point }): Finding[] => {
      const wrong = namedPoint(`${device}.${point}`);
      return wrong ? [{ path: ['notify', 'alarms', i, 'when'], at: 'value', ...wrong }] : [];
    });
  });
}
