import { watchControl } from '../control/client.js';
import { BridgeError, describeError } from '../error.js';
import { printable } from '../text.js';
import { type CliContext, EXIT } from './context.js';
import { type ControlOptions, controlPath, splitTarget } from './control-path.js';

const ARROWS: Readonly<Record<string, string>> = { in: '<', out: '>', bad: '!' };

/** `monitor DEVICE`: prints a device's raw lines as they come and go, until interrupted. */
export async function monitorCommand(target: string, options: ControlOptions, context: CliContext): Promise<number> {
  const { device, point } = splitTarget(target, false);
  if (point !== undefined)
    throw new BridgeError('cli/usage', 'monitor shows a whole device', { hint: `try ${device}` });
  const path = await controlPath(options, context);
  return await new Promise<number>((resolve) => {
    const hangUp = watchControl(
      path,
      { op: 'monitor', device },
      {
        answer: (answer) => {
          if (typeof answer['text'] === 'string') {
            context.out(`${ARROWS[String(answer['direction'])] ?? '?'} ${printable(answer['text'], 1024)}`);
          } else if (answer['ok'] === false) {
            hangUp();
            context.err(String(answer['message']));
            resolve(EXIT.failure);
          }
        },
        end: (error) => {
          context.err(error ? describeError(error) : 'the bridge stopped');
          resolve(EXIT.failure);
        },
      },
    );
    const onAbort = () => {
      hangUp();
      resolve(EXIT.ok);
    };
    context.signal.addEventListener('abort', onAbort, { once: true });
  });
}
