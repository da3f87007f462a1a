import { askControl } from '../control/client.js';
import { printable } from '../text.js';
import { type CliContext, EXIT } from './context.js';
import { type ControlOptions, controlPath, splitTarget } from './control-path.js';

/** `set DEVICE.POINT VALUE`: a confirmed command through the running bridge; `arm`: arms the output first. */
export async function setCommand(
  target: string,
  text: string,
  options: ControlOptions & { arm?: boolean },
  context: CliContext,
): Promise<number> {
  const { device, point = '' } = splitTarget(target, true);
  const shown = printable(target);
  const request = { op: 'set', device, point, value: text, arm: options.arm === true } as const;
  const answer = await askControl(await controlPath(options, context), request);
  if (answer.ok) {
    context.out(`${shown}\t${printable(String(answer['value']))}\tconfirmed`);
    if (typeof answer['message'] === 'string') context.err(`${shown}: ${printable(answer['message'])}`);
    return EXIT.ok;
  }
  const code = typeof answer['code'] === 'string' ? `${printable(answer['code'])}: ` : '';
  context.err(`${shown}: refused: ${code}${printable(String(answer['message'] ?? ''))}`);
  return EXIT.failure;
}
