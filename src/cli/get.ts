import { askControl } from '../control/client.js';
import { isObject } from '../mesh/frame.js';
import { momentText, printable } from '../text.js';
import { type CliContext, EXIT } from './context.js';
import { type ControlOptions, controlPath, refused, splitTarget } from './control-path.js';

/** `get DEVICE[.POINT]`: prints what the running bridge knows, a point a line: name, value, unit, quality, age; then what it knew. */
export async function getCommand(target: string, options: ControlOptions, context: CliContext): Promise<number> {
  const { device, point } = splitTarget(target, false);
  const request = { op: 'get', device, ...(point === undefined ? {} : { point }) } as const;
  const answer = await askControl(await controlPath(options, context), request);
  if (!answer.ok || !isObject(answer['points'])) return refused(answer, context);
  const shown = printable(device);
  const last = Object.entries(isObject(answer['last']) ? answer['last'] : {});
  const points = Object.entries(answer['points']);
  if (points.length + last.length === 0)
    context.out(`${shown}\t${printable(String(answer['health']))}; it has told nothing yet`);
  for (const [id, state] of points) {
    if (isObject(state)) context.out(`${shown}.${printable(id)}\t${describePoint(state)}`);
  }
  for (const [id, value] of last) {
    if (isObject(value)) context.out(`${shown}.${printable(id)}\t${describeLast(value)}`);
  }
  return EXIT.ok;
}

/** A point's value with its unit, its quality, and where it is told its age. */
export function describePoint(state: { [key: string]: unknown }): string {
  const value = state['value'] === null ? '—' : printable(String(state['value']));
  const unit = typeof state['unit'] === 'string' ? ` ${printable(state['unit'])}` : '';
  const age = typeof state['age_ms'] === 'number' ? `\t${(state['age_ms'] / 1000).toFixed(1)} s ago` : '';
  return `${value}${unit}\t${printable(String(state['quality']))}${age}`;
}

function describeLast({ value, at, count }: { [key: string]: unknown }): string {
  const times = typeof count === 'number' ? ` (${count})` : '';
  const when = typeof at === 'number' ? `\tat ${momentText(at)}` : '';
  return `last ${printable(String(value))}${times}${when}`;
}
