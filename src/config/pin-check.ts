import { isObject, type JsonObject } from '../mesh/frame.js';
import type { Finding } from './problems.js';

/** Pins that two devices have. Works on the raw section; what one device gives to two points is its driver's matter. */
export function sharedPins(devices: JsonObject): Finding[] {
  const owners = new Map<string, { readonly device: string; readonly name: string }>();
  return Object.entries(devices).flatMap(([device, entry]) => {
    const points = isObject(entry) && isObject(entry['points']) ? entry['points'] : {};
    return Object.entries(points).flatMap(([id, point]): Finding[] => {
      const name = `${device}.${id}`;
      return takenBy(point).flatMap(({ pin, key }): Finding[] => {
        // Chips are told apart by what they are called here: a label and a name may be of one, which the kernel then says.
        const place = JSON.stringify([(entry as JsonObject)['driver'], (entry as JsonObject)['chip'], pin]);
        const owner = owners.get(place);
        if (!owner) owners.set(place, { device, name });
        if (!owner || owner.device === device) return [];
        const path = ['devices', device, 'points', id, key];
        return [
          { path, at: 'value', message: `\`${owner.name}\` has pin ${pin} already`, hint: 'one pin has one point' },
        ];
      });
    });
  });
}

/** The pins that a point takes, and the key that says so. */
function takenBy(point: unknown): { pin: number; key: 'pin' | 'pins' }[] {
  if (!isObject(point)) return [];
  const { pin, pins, pwm } = point;
  // A PWM channel that is named has its pin for the reader only.
  if (isObject(pwm) && pwm['channel'] !== undefined) return [];
  const key = Array.isArray(pins) ? 'pins' : 'pin';
  const taken: readonly unknown[] = Array.isArray(pins) ? pins : [pin];
  return taken.filter((number) => typeof number === 'number').map((number) => ({ pin: number, key }));
}
