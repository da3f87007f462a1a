import type { DriverRegister } from '../device/driver-kind.js';
import { BridgeError } from '../error.js';
import { DERIVED, typesBy } from '../state/derived.js';
import { parseExpression } from '../state/expression.js';
import { hardwareOf } from './layout-check.js';
import type { Path } from './path.js';
import type { Finding } from './problems.js';
import type { Config } from './schema.js';

/** Formulas that would stay unknown for what their points are, as far as the config tells that. */
export function checkFormulas(
  config: Pick<Config, 'devices' | 'derived' | 'notify'>,
  drivers: DriverRegister,
): Finding[] {
  const { specOf } = hardwareOf(config, drivers);
  const found: Finding[] = [];
  const check = (text: string, path: Path, wanted?: 'boolean') => {
    const { inputs, typeWith } = parseExpression(text);
    for (const { device, point } of inputs) {
      if (specOf(device, point)?.role !== 'event') continue;
      found.push({ path, at: 'value', message: `\`${device}.${point}\` happens, it has no value` });
    }
    try {
      const type = typeWith(typesBy(specOf));
      if (!wanted || !type || type === wanted) return;
      found.push({
        path,
        at: 'value',
        message: `this is a ${type}, and never true or false`,
        hint: 'write a comparison',
      });
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      found.push({ path, at: 'value', message: error.message, hint: error.hint });
    }
  };
  for (const [id, { formula }] of config.derived) check(formula, [DERIVED, id]);
  for (const [i, { when }] of (config.notify?.alarms ?? []).entries())
    check(when, ['notify', 'alarms', i, 'when'], 'boolean');
  return found;
}
