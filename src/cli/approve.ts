import { askControl } from '../control/client.js';
import { type CliContext, EXIT } from './context.js';
import { type ControlOptions, controlPath, splitTarget } from './control-path.js';

/** `approve DEVICE`: lets the outputs of a newly found board be switched. */
export async function approveCommand(target: string, options: ControlOptions, context: CliContext): Promise<number> {
  const { device } = splitTarget(target, false);
  const answer = await askControl(controlPath(options, context), { op: 'approve', device });
  if (!answer.ok) {
    context.err(String(answer['message'] ?? 'the bridge gave no answer'));
    return EXIT.failure;
  }
  context.out(`${device}\tapproved\t${String(answer['health'])}`);
  if (answer['message'] !== undefined) context.err(String(answer['message']));
  return EXIT.ok;
}
