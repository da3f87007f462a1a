import { z } from 'zod';
import type { Clock } from '../../clock.js';
import type { PointSpec } from '../../device/point.js';
import type { MakeStage } from './chain.js';
import { FILTERS } from './register.js';

/** One filter as a config has it. */
export interface FilterConfig {
  /** One of `FILTERS`. */
  readonly name: string;
  /** What its own schema made of what was written. */
  readonly options: unknown;
}

const shape = Object.fromEntries([...FILTERS].map(([name, { options }]) => [name, options.optional()]));

const written = z
  .strictObject(shape)
  .superRefine(
    (entry, context) => {
      const names = Object.keys(entry);
      if (names.length === 1) return;
      const message = names.length === 0 ? 'an empty filter' : 'several filters in one entry';
      const hint = 'one filter an entry: `[ {median: 5}, {delta: 0.1} ]`';
      context.addIssue({ code: 'custom', message, params: { hint } });
    },
    { when: ({ issues }) => issues.length === 0 },
  )
  .transform((entry): FilterConfig => {
    const [[name, options] = ['', undefined]] = Object.entries(entry);
    return { name, options };
  })
  .meta({ typeName: '{filter: options}' });

/** A filter by its name alone has its defaults. */
const filter = z.preprocess(
  (entry) => (typeof entry === 'string' && FILTERS.has(entry) ? { [entry]: null } : entry),
  written,
);

/** A point's filters, in the order in which they are written. */
export const filterList = z
  .array(filter)
  .min(1)
  .max(16)
  .meta({ section: 'filters', id: 'filters', typeName: 'list of filters' });

/** Why a filter is not for a point, in words; undefined where it is. `spec` is the point as it is before that filter. */
export function filterProblem({ name, options }: FilterConfig, spec: PointSpec): string | undefined {
  const kind = FILTERS.get(name);
  if (!kind) return `there is no filter \`${name}\``;
  if (spec.role === 'event') return 'an event has no value to filter';
  if (!kind.takes.includes(spec.type))
    return `\`${name}\` is for ${kind.takes.join(' and ')} points, this is a ${spec.type}`;
  if (spec.role === 'actuator' && kind.rescales) {
    return `\`${name}\` would show an output in other words than it is commanded in`;
  }
  return kind.problem?.(options, spec);
}

/** The point as it is behind a filter that is for it. */
export function specBehind({ name, options }: FilterConfig, spec: PointSpec): PointSpec {
  return FILTERS.get(name)?.behind?.(options, spec) ?? spec;
}

/** True for a filter after which a number or a word means something else. */
export function rescales({ name }: FilterConfig): boolean {
  return FILTERS.get(name)?.rescales === true;
}

/**
 * What builds a point's filters, in the order in which its readings pass them: as written, but for those that judge the
 * device. `check` comes once numbers are in the unit that is published.
 */
export function makersOf(filters: readonly FilterConfig[], clock: Clock, check?: MakeStage): MakeStage[] {
  const judges = ({ name }: FilterConfig) => FILTERS.get(name)?.judgesDevice === true;
  const ordered = [...filters.filter(judges), ...filters.filter((filter) => !judges(filter))];
  const makers = ordered.map(({ name, options }): MakeStage => {
    const kind = FILTERS.get(name);
    if (!kind) throw new Error(`there is no filter ${name}`);
    return (emit) => kind.stage(options, emit, clock);
  });
  if (check) makers.splice(ordered.findLastIndex(rescales) + 1, 0, check);
  return makers;
}
