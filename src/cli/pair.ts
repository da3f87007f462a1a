import { askControl } from '../control/client.js';
import { printableJson } from '../text.js';
import { type CliContext, EXIT } from './context.js';
import { type ControlOptions, controlPath, refused } from './control-path.js';
import { qrLines } from './qr-lines.js';

/** `pair`: prints what a phone needs to join, as a QR code and as the text in it. */
export async function pairCommand(options: ControlOptions, context: CliContext): Promise<number> {
  const answer = await askControl(await controlPath(options, context), { op: 'pairing' });
  if (!answer.ok) return refused(answer, context);
  showPairing(String(answer['text']), context);
  return EXIT.ok;
}

/** Prints pairing data: the QR code where somebody can scan it, and the text in it. */
export function showPairing(text: string, { out, terminal, env }: Pick<CliContext, 'out' | 'terminal' | 'env'>): void {
  if (terminal()) for (const line of qrLines(text, !env['NO_COLOR'])) out(line);
  // A channel may be anything; in JSON an escape means the same.
  out(`to pair a phone: ${printableJson(text)}`);
}
