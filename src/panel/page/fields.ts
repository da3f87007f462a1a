import type { JsonObject } from '../../mesh/frame.js';

/** A field of a control as text; undefined where it is none. */
export function text(control: JsonObject, field: string): string | undefined {
  const value = control[field];
  return typeof value === 'string' ? value : undefined;
}

/** A field of a control as a number, or the fallback. */
export function number(control: JsonObject, field: string, fallback: number): number {
  const value = control[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}

/** A field of a control as a list of texts. */
export function texts(control: JsonObject, field: string): string[] {
  const value = control[field];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** The name that people see. */
export function labelOf(control: JsonObject, id: string): string {
  return text(control, 'label') ?? id;
}

const COLOUR = /^#[0-9a-f]{6}([0-9a-f]{2})?$/i;

/** A colour of a layout where it is one. */
export function colour(value: unknown): string | undefined {
  return typeof value === 'string' && COLOUR.test(value) ? value : undefined;
}
