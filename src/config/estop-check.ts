import type { DriverRegister } from '../device/driver-kind.js';
import { idsIn } from '../device/point.js';
import { readingOptionsOf } from '../device/reading-options.js';
import { lateFilters, sourceProblem } from '../device/stop-source.js';
import { hardwareOf } from './layout-check.js';
import type { Finding } from './problems.js';
import type { Config } from './schema.js';

/** Sources of the emergency stop that could never press it, as far as the config tells, or only too late. */
export function checkSources(
  config: Pick<Config, 'devices' | 'derived' | 'safety'>,
  drivers: DriverRegister,
): Finding[] {
  const { specOf } = hardwareOf(config, drivers);
  return config.safety.estop.flatMap(({ point: name, when }, i): Finding[] => {
    const [device, point] = idsIn(name);
    const spec = specOf(device, point);
    const wrong = spec && sourceProblem({ ...spec, id: name }, when);
    const path = ['safety', 'estop', i, ...(when === undefined ? [] : ['when'])];
    const filters = readingOptionsOf(config.devices.get(device)?.options).get(point)?.filters;
    const late = lateFilters(filters).map(({ index, name: filter }): Finding => {
      const message = `\`${filter}\` would keep the emergency stop waiting, whose source this is`;
      const hint = 'a source may have `invert`, `map` and `timeout`';
      return { path: ['devices', device, 'points', point, 'filters', index, filter], at: 'key', message, hint };
    });
    return [...(wrong ? [{ path, at: 'value', ...wrong } as const] : []), ...late];
  });
}
