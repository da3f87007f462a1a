import type { DriverRegister } from '../device/driver-kind.js';
import { readingOptionsOf, readingProblems } from '../device/reading-options.js';
import type { Finding } from './problems.js';
import type { Config } from './schema.js';

/** What of the points' filters and the like is not for these points, as far as the devices' options tell what they are. */
export function checkReadings(config: Pick<Config, 'devices'>, drivers: DriverRegister): Finding[] {
  return [...config.devices].flatMap(([device, { driver, options }]) => {
    const specs = drivers.get(driver)?.points?.(options);
    return [...readingOptionsOf(options)].flatMap(([point, readings]) => {
      const spec = specs?.find(({ id }) => id === point);
      const problems = spec ? readingProblems(readings, spec) : [];
      return problems.map(({ path, message }): Finding => {
        return { path: ['devices', device, 'points', point, ...path], at: 'key', message };
      });
    });
  });
}
