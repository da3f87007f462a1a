import { askControl } from '../control/client.js';
import { printable } from '../text.js';
import { type CliContext, EXIT } from './context.js';
import { type ControlOptions, controlPath, refused } from './control-path.js';

/** Several phones are asked who they are before one gets the layout; relays give each 5 s. */
const PUSH_MS = 30_000;

/** `push [PHONE]`: puts the running bridge's layout on a phone, and tells what the phone did not draw. */
export async function pushCommand(
  phone: string | undefined,
  options: ControlOptions,
  context: CliContext,
): Promise<number> {
  const request = { op: 'push', ...(phone === undefined ? {} : { phone }) } as const;
  const answer = await askControl(await controlPath(options, context), request, PUSH_MS);
  const { ok, confirmed, message = 'the bridge gave no answer' } = answer;
  if (!ok) return refused(answer, context);
  if (confirmed !== true) {
    context.err(printable(String(message)));
    return EXIT.ok;
  }
  context.out(`${printable(String(answer['phone']))}\tshows the layout`);
  const missing = Array.isArray(answer['missing']) ? answer['missing'] : [];
  if (missing.length > 0) context.err(`not drawn: ${missing.map((id) => printable(String(id))).join(', ')}`);
  return EXIT.ok;
}
