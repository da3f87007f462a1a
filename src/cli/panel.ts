import { askControl } from '../control/client.js';
import { type CliContext, EXIT } from './context.js';
import { type ControlOptions, controlPath } from './control-path.js';

/** `panel [--viewer]`: prints a link that lets one browser into the running bridge's panel, as a viewer only to look. */
export async function panelCommand(
  options: ControlOptions & { readonly viewer?: boolean },
  context: CliContext,
): Promise<number> {
  const answer = await askControl(await controlPath(options, context), {
    op: 'panel',
    role: options.viewer ? 'viewer' : 'operator',
  });
  if (!answer.ok) {
    context.err(String(answer['message'] ?? 'the bridge gave no answer'));
    return EXIT.failure;
  }
  context.out(String(answer['link']));
  return EXIT.ok;
}
