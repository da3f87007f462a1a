import { z } from 'zod';
import { byId } from '../device/options.js';
import { readingOptions } from '../device/reading-options.js';
import { BridgeError, describeError } from '../error.js';
import { parseExpression } from '../state/expression.js';

const text = z.string().min(1).max(64);

/** A formula over points. */
export const formula = z
  .string()
  .min(1)
  .max(500)
  .superRefine((source, context) => {
    try {
      if (parseExpression(source).inputs.length > 0) return;
      const params = { hint: 'a point is written as `device.point`' };
      context.addIssue({ code: 'custom', message: 'the formula names no point', params });
    } catch (error) {
      const hint = error instanceof BridgeError ? error.hint : undefined;
      const message = error instanceof BridgeError ? error.message : describeError(error);
      context.addIssue({ code: 'custom', message, params: { hint } });
    }
  })
  .meta({ typeName: 'formula' })
  .describe(
    'How it follows from others: points as `device.point`, + - * / %, comparisons, && || !, `a ? b : c`, functions',
  );

const point = z
  .union([
    formula,
    z.strictObject({
      formula,
      label: text.optional().describe('What people call it'),
      unit: z.string().max(16).optional().describe('Unit shown beside the value'),
      min: z.number().optional().describe('Smallest value, a hint'),
      max: z.number().optional().describe('Largest value, a hint'),
      publish: readingOptions.publish,
    }),
  ])
  .transform((given): DerivedConfig => (typeof given === 'string' ? { formula: given } : given))
  .meta({ typeName: 'formula, or {formula, unit, …}' });

/** A derived point as a config has it. */
export interface DerivedConfig {
  readonly formula: string;
  readonly label?: string | undefined;
  readonly unit?: string | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly publish?: z.output<typeof readingOptions.publish>;
}

/** The `derived` section: points that follow from others, by id. */
export const derivedSchema = byId(point).transform(
  (points): ReadonlyMap<string, DerivedConfig> => new Map(Object.entries(points)),
);
