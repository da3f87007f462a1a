import { defaultConfig } from '../config/load.js';
import { loadStateDir } from '../config/state-dir.js';
import { findSocket, type Surroundings } from '../control/places.js';
import { BridgeError } from '../error.js';
import { printable } from '../text.js';
import { type CliContext, EXIT } from './context.js';

/** Characters of an answer that are shown. */
export const MAX_ANSWER = 2_000;

/** How the user said which running bridge is meant. */
export interface ControlOptions {
  readonly config?: string;
  readonly stateDir?: string;
}

/** The control socket of the bridge that is meant: of a state folder, of a config, or of the default folder. Throws `control/path`. */
export async function controlPath(options: ControlOptions, context: CliContext): Promise<string> {
  return await findSocket(stateDirOf(options, context), surroundingsOf(context));
}

/** What says where this user may have a control socket. */
export function surroundingsOf({ env, machine }: CliContext): Surroundings {
  return { env, uid: machine.user.uid };
}

function stateDirOf({ stateDir, config }: ControlOptions, context: CliContext): string {
  if (stateDir !== undefined) return stateDir;
  return config === undefined ? defaultConfig(context).bridge.stateDir : loadStateDir(config, context);
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

/** Says why the bridge did not do what it was asked; returns the exit code for that. */
export function refused(answer: { readonly [key: string]: unknown }, context: CliContext): number {
  context.err(printable(String(answer['message'] ?? 'the bridge gave no answer'), MAX_ANSWER));
  return EXIT.failure;
}
