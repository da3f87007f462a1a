import { DERIVED } from '../state/derived.js';
import { type Expression, parseExpression } from '../state/expression.js';
import { namedBy } from './formulas.js';
import type { Path } from './path.js';
import type { Finding } from './problems.js';
import type { Wording } from './wording.js';

/**
 * Derived points that name points which are not there, or in the end themselves. Works on the raw section; formulas that
 * can't be read are told elsewhere. `namedPoint` says what is wrong with a `device.point`.
 */
export function checkDerived(
  derived: Readonly<Record<string, unknown>>,
  namedPoint: (name: string) => Wording | undefined,
): Finding[] {
  const formulas = new Map<string, { expression: Expression; path: Path }>();
  for (const [id, entry] of Object.entries(derived)) {
    const text = typeof entry === 'string' ? entry : (entry as { formula?: unknown } | null)?.formula;
    const expression = typeof text === 'string' ? readable(text) : undefined;
    const path = typeof entry === 'string' ? [DERIVED, id] : [DERIVED, id, 'formula'];
    if (expression) formulas.set(id, { expression, path });
  }
  const found: Finding[] = [];
  for (const [id, { expression, path }] of formulas) {
    for (const { device, point } of expression.inputs) {
      const wrong = namedPoint(`${device}.${point}`);
      if (wrong) found.push({ path, at: 'value', ...wrong });
    }
    const cycle = wayBack(id, id, formulas, new Set());
    if (!cycle) continue;
    const message = `\`${id}\` follows from itself: ${[id, ...cycle].join(' → ')}`;
    found.push({ path, at: 'value', message });
  }
  return found;
}

/** A formula taken apart; undefined for one that can't be read, which is told elsewhere. */
export function readable(text: string): Expression | undefined {
  try {
    return parseExpression(text);
  } catch {
    // That problem has been told already.
    return undefined;
  }
}

/** The derived points from `from` to `goal`, over what each formula names; undefined where there is no such way. */
function wayBack(
  from: string,
  goal: string,
  formulas: ReadonlyMap<string, { expression: Expression }>,
  seen: Set<string>,
): string[] | undefined {
  const formula = formulas.get(from);
  for (const next of formula ? namedBy(formula.expression) : []) {
    if (next === goal) return [goal];
    if (seen.has(next)) continue;
    seen.add(next);
    const rest = wayBack(next, goal, formulas, seen);
    if (rest) return [next, ...rest];
  }
  return undefined;
}
