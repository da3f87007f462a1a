import type { PointSpec } from '../../src/device/point.js';
import type { W1Options } from './options.js';

/** The points that the config lists, by their sensors; undefined where it lists none. */
export function listedPoints({ points }: Pick<W1Options, 'points'>): Map<string, PointSpec> | undefined {
  if (!points) return undefined;
  return new Map(
    Object.entries(points).map(([id, { sensor, label = id, min, max }]) => {
      const hints = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
      return [sensor, { ...thermometer(id, label), ...hints }];
    }),
  );
}

/** The point of a sensor that nobody listed: `t_0316a2795dff` for `28-0316a2795dff`. */
export function inferredPoint(sensor: string): PointSpec {
  return thermometer(`t_${sensor.slice(3)}`, sensor);
}

function thermometer(id: string, label: string): PointSpec {
  return { id, role: 'sensor', type: 'number', unit: '°C', label };
}
