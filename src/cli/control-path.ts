import { defaultConfig, loadConfig } from '../config/load.js';
import { controlSocket } from '../control/protocol.js';
import { BridgeError } from '../error.js';
import type { CliContext } from './context.js';

/** How the user said which running bridge is meant. */
export interface ControlOptions {
  readonly config?: string;
  readonly stateDir?: string;
}

/** The control socket of the bridge that is meant: of a state folder, of a config, or of the default folder. Throws `control/path`. */
export function controlPath(options: ControlOptions, context: CliContext): string {
  if (options.stateDir !== undefined) return controlSocket(options.stateDir);
  if (options.config === undefined) return controlSocket(defaultConfig(context).bridge.stateDir);
  return controlSocket(loadConfig(options.config, context).config.bridge.stateDir);
}

/** Splits `device.point`; throws `cli/usage` where it is neither that nor, unless a point is needed, a device alone. */
export function splitTarget(target: string, needPoint: boolean): { device: string; point?: string } {
  const [device = '', point, ...rest] = target.split('.');
  if (device === '' || point === '' || rest.length > 0 || (needPoint && point === undefined)) {
    const form = needPoint ? 'DEVICE.POINT' : 'DEVICE or DEVICE.POINT';
    throw new BridgeError('cli/usage', `"${target}" is not ${form}`, { hint: 'for example greenhouse.temp' });
  }
  return point === undefined ? { device } : { device, point };
}
