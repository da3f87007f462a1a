import { DERIVED, type Formula } from '../state/derived.js';
import { type Expression, parseExpression } from '../state/expression.js';
import type { DerivedConfig } from './derived-schema.js';

/** The derived points of a config, each behind those that it names; there must be no cycle. */
export function formulasOf(derived: ReadonlyMap<string, DerivedConfig>): Formula[] {
  const expressions = new Map([...derived].map(([id, { formula }]) => [id, parseExpression(formula)]));
  const ordered = new Map<string, Formula>();
  const add = (id: string) => {
    const [config, expression] = [derived.get(id), expressions.get(id)];
    if (!config || !expression || ordered.has(id)) return;
    for (const other of namedBy(expression)) add(other);
    ordered.set(id, { spec: specOf(id, config), expression });
  };
  for (const id of derived.keys()) add(id);
  return [...ordered.values()];
}

/** Ids of the derived points that a formula names. */
export function namedBy({ inputs }: Expression): string[] {
  return inputs.filter(({ device }) => device === DERIVED).map(({ point }) => point);
}

function specOf(id: string, { label, unit, min, max }: DerivedConfig): Formula['spec'] {
  return {
    id,
    role: 'sensor',
    ...(label !== undefined && { label }),
    ...(unit !== undefined && { unit }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  };
}
