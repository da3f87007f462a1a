import { z } from 'zod';

/** What was measured, and what it should have been. */
export type Datapoint = readonly [measured: number, actual: number];

const NUMBER = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`;
const ARROW = new RegExp(String.raw`^\s*(${NUMBER})\s*->\s*(${NUMBER})\s*$`);

const datapoint = z
  .union([z.string(), z.tuple([z.number(), z.number()])], { error: 'expected `measured -> true` or [measured, true]' })
  .transform((given, context): Datapoint => {
    if (typeof given !== 'string') return given;
    const [, from, to] = ARROW.exec(given) ?? [];
    const point: Datapoint = [Number(from), Number(to)];
    if (point.every(Number.isFinite)) return point;
    const params = { hint: 'for example `0.45 -> 0`' };
    context.addIssue({ code: 'custom', message: 'expected `measured -> true`', params });
    return z.NEVER;
  })
  .meta({ typeName: '`measured -> true` or [measured, true]' });

/** Pairs for a calibration, at least `fewest` with different measurements. */
export function datapoints(fewest: number) {
  return z
    .array(datapoint)
    .min(fewest)
    .max(64)
    .refine((points) => new Set(points.map(([measured]) => measured)).size === points.length, {
      error: 'the same measurement twice',
    })
    .describe('What was measured, and what it should have been: `measured -> true`');
}
