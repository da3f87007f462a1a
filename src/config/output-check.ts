import type { DriverRegister } from '../device/driver-kind.js';
import { outputOptionsOf, outputProblems } from '../device/output-options.js';
import type { Finding } from './problems.js';
import type { Config } from './schema.js';

/** What of the outputs' rules is not for these points, as far as the devices' options tell what they are. */
export function checkOutputs(config: Pick<Config, 'devices'>, drivers: DriverRegister): Finding[] {
  return [...config.devices].flatMap(([device, { driver, options }]) => {
    const specs = drivers.get(driver)?.points?.(options);
    return [...outputOptionsOf(options)].flatMap(([point, rules]) => {
      const spec = specs?.find(({ id }) => id === point);
      const problems = spec ? outputProblems(rules, spec) : [];
      return problems.map(({ key, message, hint }): Finding => {
        return { path: ['devices', device, 'points', point, key], at: 'key', message, hint };
      });
    });
  });
}
