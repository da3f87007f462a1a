import type { PointSpec } from '../device/point.js';
import { canShow } from './bound-value.js';
import type { ControlContract } from './contract.js';

/** A point that a control may be meant for, as `device.point`. */
export interface Suggestion {
  readonly control: string;
  readonly point: string;
  /** Words in common; more is likelier. */
  readonly score: number;
}

/** Points of a device. */
export interface DevicePoints {
  readonly id: string;
  readonly points: readonly PointSpec[];
}

/** Words that say nothing about what is meant. */
const EMPTY = new Set('value state status set get cmd msg type data the a of'.split(' '));

/** The likeliest point for each of some controls, by the words that their ids, labels and paths have in common. */
export function suggest(controls: Iterable<ControlContract>, devices: readonly DevicePoints[]): Suggestion[] {
  const found: Suggestion[] = [];
  for (const control of controls) {
    const best = devices
      .flatMap(({ id, points }) =>
        points.map((spec) => ({ name: `${id}.${spec.id}`, score: score(control, id, spec) })),
      )
      .filter((candidate) => candidate.score > 0)
      .sort((a, b) => b.score - a.score || a.name.localeCompare(b.name))[0];
    if (best) found.push({ control: control.id, point: best.name, score: best.score });
  }
  return found;
}

function score({ id, control, listens, actions }: ControlContract, device: string, spec: PointSpec): number {
  if (spec.role === 'event' || (actions.length > 0 && spec.role !== 'actuator')) return 0;
  if (listens.length > 0 && !canShow(control, spec.type)) return 0;
  const own = new Set([id, control['label'], ...listens.map(({ valuePath }) => valuePath)].flatMap(words));
  const point = common(own, new Set([spec.id, spec.label, spec.unit].flatMap(words)));
  return point === 0 ? 0 : point * 2 + common(own, new Set(words(device)));
}

function common(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let count = 0;
  for (const word of b) {
    if (a.has(word)) count += 2;
    // `temp` and `temperature`, but not `in` and `inside`.
    else if (
      [...a].some(
        (other) => Math.min(word.length, other.length) >= 3 && (other.startsWith(word) || word.startsWith(other)),
      )
    ) {
      count += 1;
    }
  }
  return count;
}

function words(text: unknown): string[] {
  if (typeof text !== 'string') return [];
  const split = text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  return split.filter((word) => word.length > 1 && !EMPTY.has(word));
}
