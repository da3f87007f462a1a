import { isObject } from '../mesh/frame.js';
import { error, type LayoutFinding, linted, type Rule } from './finding.js';
import { FIELD_RULES } from './lint-fields.js';
import { GRID_RULES } from './lint-grid.js';
import { LIMIT_RULES } from './lint-limits.js';
import { NEWER_RULES } from './lint-newer.js';
import { SOURCE_RULES } from './lint-sources.js';
import { STRUCTURE_RULES } from './lint-structure.js';
import { SYNC_RULES } from './lint-sync.js';
import { VALUE_RULES } from './lint-values.js';
import { WIRE_RULES } from './lint-wire.js';

/** Every rule that needs nothing but the layout itself. */
export const RULES: readonly Rule[] = [
  ...STRUCTURE_RULES,
  ...GRID_RULES,
  ...FIELD_RULES,
  ...VALUE_RULES,
  ...SYNC_RULES,
  ...WIRE_RULES,
  ...SOURCE_RULES,
  ...LIMIT_RULES,
  ...NEWER_RULES,
];

/** What is wrong with a layout. Anything may be given; never throws. */
export function lint(layout: unknown): LayoutFinding[] {
  if (!isObject(layout)) return [error('structure', [], 'a layout is a JSON object')];
  const parts = linted(layout);
  return RULES.flatMap((rule) => [...rule(parts)]);
}
