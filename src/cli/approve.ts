import { askControl } from '../control/client.js';
import { LONGEST_WELCOME } from '../control/protocol.js';
import { parseDuration } from '../device/options.js';
import { BridgeError } from '../error.js';
import { printable } from '../text.js';
import { type CliContext, EXIT } from './context.js';
import { type ControlOptions, controlPath, refused, splitTarget } from './control-path.js';

/** Options of `approve`. */
export interface ApproveOptions extends ControlOptions {
  /** How long new boards are approved as they are plugged in. */
  readonly window?: string;
}

/** `approve DEVICE`: lets the outputs of a newly found board be switched. `approve --window 2m`: of every board that is plugged in within that time. */
export async function approveCommand(
  target: string | undefined,
  options: ApproveOptions,
  context: CliContext,
): Promise<number> {
  if ((target === undefined) === (options.window === undefined)) {
    throw new BridgeError('cli/usage', 'name either a device or `--window 2m`');
  }
  return target === undefined
    ? await approveNew(options.window ?? '', options, context)
    : await approveOne(target, options, context);
}

async function approveOne(target: string, options: ControlOptions, context: CliContext): Promise<number> {
  const { device } = splitTarget(target, false);
  const answer = await askControl(await controlPath(options, context), { op: 'approve', device });
  if (!answer.ok) return refused(answer, context);
  context.out(`${printable(device)}\tapproved\t${printable(String(answer['health']))}`);
  if (answer['message'] !== undefined) context.err(printable(String(answer['message'])));
  return EXIT.ok;
}

async function approveNew(time: string, options: ControlOptions, context: CliContext): Promise<number> {
  const ms = parseDuration(time);
  if (ms === undefined || ms > LONGEST_WELCOME) {
    throw new BridgeError('cli/usage', `"${time}" is no time up to 10m`, { hint: 'for example `--window 2m`' });
  }
  const answer = await askControl(await controlPath(options, context), { op: 'approve_new', ms });
  if (!answer.ok) return refused(answer, context);
  context.out(
    ms === 0 ? 'new boards wait for approval again' : `new boards that are plugged in now are approved, for ${time}`,
  );
  return EXIT.ok;
}
