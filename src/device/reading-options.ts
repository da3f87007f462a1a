import { z } from 'zod';
import { type FilterConfig, filterList, filterProblem, rescales, specBehind } from '../state/filters/options.js';
import type { OutOfRange } from '../state/filters/range.js';
import { durationBetween } from './options.js';
import type { PointSpec } from './point.js';

/** When a change of a point is said on the channel. Times in milliseconds; see the descriptions below. */
export interface PublishPolicy {
  readonly deadband?: number | undefined;
  readonly debounce?: number | undefined;
  readonly maxWait: number;
  readonly heartbeat?: number | undefined;
  readonly immediate: boolean;
}

const publish: z.ZodType<PublishPolicy> = z
  .strictObject({
    deadband: z
      .number()
      .positive()
      .optional()
      .describe('A change smaller than this, from what was said last, is not said before `maxWait`'),
    debounce: durationBetween('10ms', '1h')
      .optional()
      .describe('A change is said once no other followed for this time, or after `maxWait`'),
    maxWait: durationBetween('50ms', '24h')
      .prefault('5s')
      .describe('The longest that a phone may show something else than what is known'),
    heartbeat: durationBetween('1s', '24h')
      .optional()
      .describe('Says the value again when it was not said for this time'),
    immediate: z
      .boolean()
      .default(false)
      .describe('true: what is due leaves at once, beside the pace of `publish.maxHz` (at most 20 frames a second)'),
  })
  .superRefine(({ debounce, maxWait }, context) => {
    if (debounce === undefined || debounce <= maxWait) return;
    const params = { hint: 'a change would never wait for it' };
    context.addIssue({ code: 'custom', path: ['debounce'], message: '`debounce` is longer than `maxWait`', params });
  });

/** The keys that every point of every driver may have: what becomes of its readings, and when they are said. */
export const readingOptions = {
  filters: filterList.optional().describe('What its readings pass before anybody sees them, in this order'),
  outOfRange: z
    .enum(['keep', 'unknown'])
    .optional()
    .describe('What becomes of a sensor’s value outside of `min` and `max`; it is counted. Default: keep'),
  publish: publish.optional().describe('When changes are said on the channel'),
};

/** The same as a config gave it for one point. */
export interface ReadingOptions {
  readonly filters?: readonly FilterConfig[] | undefined;
  readonly outOfRange?: OutOfRange | undefined;
  readonly publish?: PublishPolicy | undefined;
}

/** A device's `readingOptions` by point, whatever its driver. */
export function readingOptionsOf(options: unknown): ReadonlyMap<string, ReadingOptions> {
  const points = (options as { points?: Readonly<Record<string, ReadingOptions>> } | null)?.points ?? {};
  return new Map(
    Object.entries(points).flatMap(([id, { filters, outOfRange, publish }]) =>
      filters || outOfRange || publish ? [[id, { filters, outOfRange, publish }] as const] : [],
    ),
  );
}

/** Something in a point's `readingOptions` that is not for this point. */
export interface ReadingProblem {
  /** Where it stands, such as `['filters', 0, 'median']`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What of a point's `readingOptions` is not for it. */
export function readingProblems(
  { filters = [], outOfRange, publish }: ReadingOptions,
  spec: PointSpec,
): ReadingProblem[] {
  const problems: ReadingProblem[] = [];
  let behind = spec;
  for (const [index, filter] of filters.entries()) {
    const message = filterProblem(filter, behind);
    if (message === undefined) behind = specBehind(filter, behind);
    else problems.push({ path: ['filters', index, filter.name], message });
  }
  if (outOfRange !== undefined && (spec.role !== 'sensor' || spec.type !== 'number')) {
    problems.push({ path: ['outOfRange'], message: 'only a sensor that is a number has it' });
  }
  if (publish && spec.role === 'event') problems.push({ path: ['publish'], message: 'events are always said at once' });
  else if (publish?.deadband !== undefined && spec.type !== 'number') {
    problems.push({ path: ['publish', 'deadband'], message: `a ${spec.type} has no deadband` });
  }
  return problems;
}

/**
 * A point as it is behind its filters. `ownLimits`: its limits come from the device itself, so that they say nothing about
 * what filters make of its numbers.
 */
export function publishedSpec(spec: PointSpec, { filters = [] }: ReadingOptions, ownLimits: boolean): PointSpec {
  const behind = filters.reduce((before, filter) => specBehind(filter, before), spec);
  if (!ownLimits || spec.type !== 'number' || !filters.some(rescales)) return behind;
  const { min: _, max: __, step: ___, ...rest } = behind;
  return rest;
}
