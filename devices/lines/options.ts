import { z } from 'zod';
import { baud, byId, durationBetween, portAddress } from '../../src/device/options.js';
import { Pattern } from './pattern.js';
import { pattern, pointOptions } from './point-options.js';

const name = z.string().min(1).max(64);

const csvNames = z
  .array(name)
  .min(1)
  .max(64)
  .superRefine((names, context) => {
    if (new Set(names).size < names.length) context.addIssue({ code: 'custom', message: 'the same name twice' });
  });

const groupedPattern = pattern.superRefine((source, context) => {
  if (namesOf(source)?.length === 0) {
    const hint = 'for example `T=(?<temp>[-0-9.]+)`';
    context.addIssue({ code: 'custom', message: 'the pattern names no value', params: { hint } });
  }
});

const format = z
  .union(
    [
      z.enum(['auto', 'json', 'keyvalue', 'plotter']),
      z.strictObject({ csv: csvNames.describe('Names of the fields, in order') }),
      z.strictObject({ regex: groupedPattern.describe('Its named groups are the values') }),
    ],
    { error: 'expected `auto`, `json`, `keyvalue`, `plotter`, `{csv: [names]}` or `{regex: pattern}`' },
  )
  .meta({ typeName: '`auto`, `json`, `keyvalue`, `plotter`, {csv: [names]} or {regex: pattern}' });

/** Everything beside `driver: lines` in a device's config. */
export const linesOptions = z
  .strictObject({
    port: portAddress.describe('Where the board is: a path or its USB identity'),
    baud: baud.default(115_200).describe('Bits per second, as in `Serial.begin`'),
    format: format.default('auto').describe('How the sketch prints its values'),
    newline: z.enum(['lf', 'crlf', 'cr']).default('lf').describe('What commands end with'),
    points: byId(pointOptions)
      .optional()
      .describe('Listed: only these, others are counted and ignored. Not listed at all: sensors are inferred'),
    boot: durationBetween('0ms', '10s')
      .prefault('2s')
      .describe('How long to wait for the first line before commands are sent: many boards start anew when opened'),
    banner: pattern
      .optional()
      .describe('The line that a sketch prints when it starts: when it comes later, the board has restarted'),
    dtr: z.boolean().optional().describe('The DTR line right after opening; as the system sets it where absent'),
    rts: z.boolean().optional().describe('The RTS line right after opening; as the system sets it where absent'),
  })
  .superRefine(({ points = {}, format }, context) => {
    const names = wireNames(format);
    const owners = new Map<string, string>();
    const sensors = new Set(Object.keys(points).filter((id) => points[id]?.role === 'sensor'));
    for (const [id, { from = id, confirm = 'reading' }] of Object.entries(points)) {
      if (names && names.length > 0 && !names.includes(from) && confirm === 'reading') {
        const message = `the format has no value called \`${from}\``;
        context.addIssue({
          code: 'custom',
          path: ['points', id],
          message,
          params: { hint: `it has ${names.join(', ')}` },
        });
      }
      const owner = owners.get(from);
      owners.set(from, owner ?? id);
      // One value may be shown in several ways, such as raw and filtered; what commands and events mean must be plain.
      if (owner === undefined || (sensors.has(owner) && sensors.has(id))) continue;
      const message = `\`${owner}\` and \`${id}\` both read \`${from}\``;
      context.addIssue({
        code: 'custom',
        path: ['points', id],
        message,
        params: { hint: 'only sensors can share one; give one of them another `from`' },
      });
    }
  });

/** A `lines` device as its owner configured it. */
export type LinesOptions = z.output<typeof linesOptions>;

/** The names that the format itself fixes; undefined where the lines bring them along. */
export function wireNames(format: LinesOptions['format']): readonly string[] | undefined {
  if (typeof format === 'string') return undefined;
  return 'csv' in format ? format.csv : namesOf(format.regex);
}

function namesOf(source: string): readonly string[] | undefined {
  try {
    return new Pattern(source).names;
  } catch {
    // That problem has been told already.
    return undefined;
  }
}
