import { askControl, watchControl } from '../control/client.js';
import { describeError } from '../error.js';
import type { JsonObject } from '../mesh/frame.js';
import { printable } from '../text.js';
import { type CliContext, EXIT } from './context.js';
import { type ControlOptions, controlPath, refused, splitTarget } from './control-path.js';
import { describePoint } from './get.js';

const ARROWS: Readonly<Record<string, string>> = { in: '<', out: '>', bad: '!' };

/** `monitor DEVICE[.POINT]`: prints a device's raw lines as they come and go, or a point's readings, until interrupted. */
export async function monitorCommand(target: string, options: ControlOptions, context: CliContext): Promise<number> {
  const { device, point } = splitTarget(target, false);
  const path = await controlPath(options, context);
  if (point === undefined) await sayWhyNothing(device, path, context);
  return await new Promise<number>((resolve) => {
    const hangUp = watchControl(
      path,
      { op: 'monitor', device, ...(point === undefined ? {} : { point }) },
      {
        answer: (answer) => {
          if (answer['ok'] === false) {
            hangUp();
            resolve(refused(answer, context));
          } else if (answer['ok'] === undefined) context.out(lineOf(answer));
        },
        end: (error) => {
          context.err(error ? `carter-bridge: ${describeError(error)}` : 'the bridge stopped');
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

/** Tells of a device from which no lines are to be expected: an empty screen says nothing. */
async function sayWhyNothing(device: string, path: string, context: CliContext): Promise<void> {
  const answer = await askControl(path, { op: 'get', device });
  const { ok, health } = answer;
  if (!ok || (health !== 'offline' && health !== 'stale')) return;
  const what = health === 'offline' ? 'is offline; its lines follow once it is there' : 'has been silent for a while';
  context.err(`${device} ${what}; the log says more`);
}

/** A line of the wire, a reading, or what happened. */
function lineOf(entry: JsonObject): string {
  const { text, direction, event, count } = entry;
  if (typeof text === 'string') return `${ARROWS[String(direction)] ?? '?'} ${printable(text, 1024)}`;
  if (event !== undefined) return `${printable(String(event))}${typeof count === 'number' ? ` (${count})` : ''}`;
  return describePoint(entry);
}
