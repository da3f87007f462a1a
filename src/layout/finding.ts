import { isObject, type JsonObject } from '../mesh/frame.js';
import { folded } from './sections.js';
import { type Container, containers, type LayoutPath, type Spot, spots } from './walk.js';

/** Something wrong in a layout, and where. An error does not work; a warning works otherwise than it looks. */
export interface LayoutFinding {
  readonly severity: 'error' | 'warning';
  /** A stable word for the rule. */
  readonly code: string;
  readonly path: LayoutPath;
  readonly message: string;
  readonly hint?: string;
}

/** A finding about a control, by its id. */
export interface ControlFinding extends LayoutFinding {
  readonly control: string;
}

/** A layout as rules look at it. */
export interface Linted {
  /** As it is written; an empty object for what is no object. */
  readonly root: JsonObject;
  /** With what sections say of them. */
  readonly spots: readonly Spot[];
  readonly containers: readonly Container[];
}

/** One rule: what it finds. */
export type Rule = (layout: Linted) => Iterable<LayoutFinding>;

/** A layout taken apart for rules. */
export function linted(layout: unknown): Linted {
  const root = isObject(layout) ? layout : {};
  const whole = folded(root);
  return { root, spots: [...spots(whole)], containers: [...containers(whole)] };
}

/** A finding that does not work. */
export function error(code: string, path: LayoutPath, message: string, hint?: string): LayoutFinding {
  return { severity: 'error', code, path, message, ...(hint === undefined ? {} : { hint }) };
}

/** A finding that works otherwise than it looks. */
export function warning(code: string, path: LayoutPath, message: string, hint?: string): LayoutFinding {
  return { ...error(code, path, message, hint), severity: 'warning' };
}

/** True for a finite number. */
export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Foreign text in a message: in quotes, and short. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return `\`${text.length > 40 ? `${text.slice(0, 40)}…` : text}\``;
}
