import type { FilterConfig } from '../state/filters/options.js';
import type { PointSpec, Value } from './point.js';
import { fitsType } from './point.js';

/** Why a point is no source of the emergency stop, and what to do. */
export interface SourceProblem {
  readonly message: string;
  readonly hint: string;
}

/** At which value of a state, or word of an event, a source stops everything. */
export function pressedAt({ role }: Pick<PointSpec, 'role'>, when: Value | undefined): Value {
  return when ?? (role === 'event' ? 'pressed' : true);
}

/** What keeps a point from ever pressing the emergency stop; undefined where nothing does. */
export function sourceProblem(spec: PointSpec, when: Value | undefined): SourceProblem | undefined {
  const { id, role, type, options } = spec;
  const word = pressedAt(spec, when);
  if (role === 'actuator') {
    return { message: `\`${id}\` is an output, which tells of no danger`, hint: 'name an input, or an event' };
  }
  if (role === 'event') {
    if (typeof word === 'string' && (!options || options.includes(word))) return undefined;
    const hint = options ? `it says ${options.join(', ')}` : 'its words are texts';
    return { message: `\`${id}\` never says \`${word}\``, hint };
  }
  if (fitsType(spec, word)) return undefined;
  const hint =
    type === 'boolean' ? 'it is true or false, without quotes' : 'say with `when` at which value it stops everything';
  return { message: `\`${id}\` is ${type === 'enum' ? 'an' : 'a'} ${type} and never \`${word}\``, hint };
}

/** They pass each value in the moment in which it is said, or doubt it: a stop is neither late nor swallowed. */
const AT_ONCE: ReadonlySet<string> = new Set(['invert', 'map', 'timeout']);

/** Which of a source's filters would keep the emergency stop waiting. */
export function lateFilters(filters: readonly FilterConfig[] = []): readonly { index: number; name: string }[] {
  return filters.flatMap(({ name }, index) => (AT_ONCE.has(name) ? [] : [{ index, name }]));
}
