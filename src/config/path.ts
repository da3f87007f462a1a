import { printable } from '../text.js';

/** Where a value is in a document: keys and list positions from the root. */
export type Path = readonly (string | number)[];

/** A path for people: `devices.meter.points["Temp C"].filters[0]`. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (/^[\w-]+$/.test(step) && step.length <= 64) text += text ? `.${step}` : step;
    else text += `["${printable(step, 40)}"]`;
  }
  return text;
}

/** The value at a path, or undefined where there is none; own properties only. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}
