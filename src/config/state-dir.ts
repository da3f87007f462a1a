import { isObject } from '../mesh/frame.js';
import { readConfigFile } from './config-file.js';
import { type ConfigContext, parseConfig } from './load.js';
import { stateDirIn } from './names.js';
import { valueAt } from './path.js';
import { stateDirSchema } from './schema.js';
import { readYaml } from './yaml-source.js';

/**
 * The state folder that a config names. A bridge goes on by the config that it took, so where one is to be found can be told
 * whatever is wrong with the rest. Throws as `loadConfig` where it can't.
 */
export function loadStateDir(path: string, context: ConfigContext): string {
  const file = readConfigFile(path);
  const { value } = readYaml(file.text, context.env);
  const stated = stateDirSchema.safeParse(valueAt(value, ['bridge', 'stateDir']));
  if (isObject(value) && stated.success) return stateDirIn(stated.data, context.homeDir);
  return parseConfig(file, context).config.bridge.stateDir;
}
