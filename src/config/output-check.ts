import type { DriverRegister } from '../device/driver-kind.js';
import { outputOptionsOf, outputProblems } from '../device/output-options.js';
import { idsIn, isOn, offValue, type PointSpec, type Value } from '../device/point.js';
import type { Finding } from './problems.js';
import type { Config } from './schema.js';
import type { Wording } from './wording.js';

/** What of the outputs' rules is not for these points, as far as the devices' options tell what they are. */
export function checkOutputs(config: Pick<Config, 'devices' | 'safety'>, drivers: DriverRegister): Finding[] {
  const specsOf = (device: string) => {
    const entry = config.devices.get(device);
    return entry && drivers.get(entry.driver)?.points?.(entry.options);
  };
  const groups = config.safety.interlocks.flatMap(({ outputs }, i): Finding[] => {
    const specs = outputs.map((name) => {
      const [device, point] = idsIn(name);
      return specsOf(device)?.find(({ id }) => id === point);
    });
    const problem = groupProblem(specs.filter((spec) => spec !== undefined));
    return problem === undefined ? [] : [{ path: ['safety', 'interlocks', i], at: 'value', ...problem }];
  });
  const rules = [...config.devices].flatMap(([device, { options }]) => {
    const specs = specsOf(device);
    return [...outputOptionsOf(options)].flatMap(([point, rules]) => {
      const spec = specs?.find(({ id }) => id === point);
      const problems = spec ? outputProblems(rules, spec) : [];
      return problems.map(({ key, message, hint }): Finding => {
        return { path: ['devices', device, 'points', point, key], at: 'key', message, hint };
      });
    });
  });
  return [...rules, ...groups];
}

/** Why at most one of these outputs can't be kept on: by themselves two of them are. */
function groupProblem(specs: readonly PointSpec[]): Wording | undefined {
  const on = (value: (spec: PointSpec) => Value | undefined) =>
    specs.filter((spec) => isOn(spec, value(spec) ?? offValue(spec) ?? false)).map(({ id }) => `\`${id}\``);
  const safe = on((spec) => spec.safe);
  if (safe.length > 1)
    return { message: `${safe.join(' and ')} are both on at their safe values`, hint: 'let one rest off' };
  const first = on((spec) => spec.initial ?? spec.safe);
  if (first.length < 2) return undefined;
  return { message: `${first.join(' and ')} both begin as on`, hint: 'remove one `initial`' };
}
