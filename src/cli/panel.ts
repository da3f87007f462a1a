import { askControl } from '../control/client.js';
import { printable } from '../text.js';
import { type CliContext, EXIT } from './context.js';
import { type ControlOptions, controlPath, refused } from './control-path.js';

/**
 * `panel [--viewer] [--revoke]`: prints a link that lets one browser into the running bridge's panel, as a viewer only to look;
 * or shuts all browsers out that were let in.
 */
export async function panelCommand(
  options: ControlOptions & { readonly viewer?: boolean; readonly revoke?: boolean },
  context: CliContext,
): Promise<number> {
  if (options.revoke) return await revoke(options, context);
  const answer = await askControl(await controlPath(options, context), {
    op: 'panel',
    role: options.viewer ? 'viewer' : 'operator',
  });
  if (!answer.ok) return refused(answer, context);
  context.out(printable(String(answer['link'])));
  return EXIT.ok;
}

/** Prints a link into the panel where somebody can use it; where output is kept, as in a journal, only how to get one. */
export function showLink(link: string, file: string | undefined, { out, terminal, program }: CliContext): void {
  if (terminal()) out(`panel, for one browser within 15 minutes: ${link}`);
  else out(`panel at ${new URL(link).origin}; a link into it: ${program} panel${asked(file)}`);
}

/** What makes a command ask the bridge that has this config. */
export function asked(file: string | undefined): string {
  return file === undefined ? '' : ` --config ${file}`;
}

async function revoke(options: ControlOptions, context: CliContext): Promise<number> {
  const answer = await askControl(await controlPath(options, context), { op: 'panel_revoke' });
  if (!answer.ok) return refused(answer, context);
  const count = Number(answer['count']);
  if (count === 0) context.out('no browser was signed in');
  else context.out(`${count} ${count === 1 ? 'browser was' : 'browsers were'} signed out`);
  if (answer['remembered'] === true) return EXIT.ok;
  context.err('this could not be remembered: they may be let in again after the next start; the log says why');
  return EXIT.failure;
}
