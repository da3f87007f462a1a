import { loadConfig } from '../config/load.js';
import { isInUse } from '../control/client.js';
import { BridgeError, describeError } from '../error.js';
import { type CliContext, EXIT } from './context.js';
import { controlPath } from './control-path.js';

/**
 * `safe --config FILE`: puts to their safe values the outputs that a bridge which died left on. For service managers, after
 * the process; refused while a bridge runs.
 */
export async function safeCommand({ config: file }: { config: string }, context: CliContext): Promise<number> {
  const { config } = loadConfig(file, context);
  if (await isInUse(await controlPath({ stateDir: config.bridge.stateDir }, context))) {
    throw new BridgeError('control/in-use', 'the bridge of this config runs', {
      hint: 'stop it, and its outputs are safe',
    });
  }
  let code: number = EXIT.ok;
  for (const [id, { driver, options }] of config.devices) {
    for (const output of context.drivers.get(driver)?.leftovers?.(options) ?? []) {
      try {
        const name = context.settle(output);
        if (name !== undefined) context.out(`${id}: ${name} is safe`);
      } catch (error) {
        context.err(`${id}: ${describeError(error)}`);
        code = EXIT.failure;
      }
    }
  }
  return code;
}
