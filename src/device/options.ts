import { z } from 'zod';
import type { PortAddress } from '../port/line-link.js';
import { ID, RESERVED_IDS, type Value } from './point.js';

const UNITS: ReadonlyMap<string, number> = new Map([
  ['ms', 1],
  ['s', 1000],
  ['sec', 1000],
  ['m', 60_000],
  ['min', 60_000],
  ['h', 3_600_000],
]);

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|sec|m|min|h)$/;

/** What a duration looks like, as a pattern for editors. */
export const DURATION_PATTERN = '^[0-9]+(\\.[0-9]+)?(ms|s|sec|m|min|h)$';

/** Longest duration accepted, in milliseconds: what a timer of 31 bits can hold is about 24.8 days; we stop at 24 days. */
const LONGEST = 24 * 24 * 3_600_000;

/** Milliseconds of `20ms`, `1.5s`, `2m` or `1h`, also with `sec` and `min`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const match = DURATION.exec(text);
  const ms = match ? Number(match[1]) * (UNITS.get(match[2] ?? '') ?? Number.NaN) : Number.NaN;
  return Number.isFinite(ms) && ms <= LONGEST ? Math.round(ms) : undefined;
}

/** A span of time with its unit, such as `20ms`, `1.5s`, `2m` or `1h`; becomes whole milliseconds. A bare number is refused. */
export const duration = z
  .union([z.string(), z.number()], { error: 'expected a duration such as `20ms`, `1.5s` or `2m`' })
  .transform((given, context) => {
    const ms = typeof given === 'string' ? parseDuration(given) : undefined;
    if (ms !== undefined) return ms;
    const bare = typeof given === 'number' || /^\d+(\.\d+)?$/.test(given);
    context.addIssue({
      code: 'custom',
      message: bare ? 'a duration needs a unit' : 'not a duration',
      params: {
        hint: bare
          ? `add a unit, for example \`${given}ms\` or \`${given}s\``
          : 'write it as `20ms`, `1.5s`, `2m` or `1h`',
      },
    });
    return z.NEVER;
  })
  .meta({ jsonSchema: { type: 'string', pattern: DURATION_PATTERN }, typeName: 'duration' });

/** A duration between two others, given as text: `durationBetween('100ms', '1h')`. */
export function durationBetween(from: string, to: string) {
  const low = parseDuration(from);
  const high = parseDuration(to);
  if (low === undefined || high === undefined) throw new RangeError(`not durations: ${from}, ${to}`);
  return duration
    .refine((ms) => ms >= low && ms <= high, { error: `must be between ${from} and ${to}` })
    .meta({ jsonSchema: { type: 'string', pattern: DURATION_PATTERN }, typeName: `duration, ${from} to ${to}` });
}

/** A number for a time, whose unit is one of durations, or `min`. */
const SPEED = /^(\d+(?:\.\d+)?)\/(s|min|m|h)$/;

/** Units per second: a number, or one with its time, such as `20/s` or `20/min`. */
export const speed = z
  .union([z.string(), z.number()], { error: 'expected a speed such as `20/s`' })
  .transform((given, context) => {
    const [, number, time] = SPEED.exec(String(given)) ?? [];
    const ms = UNITS.get(time === 'min' ? 'm' : (time ?? 's')) ?? Number.NaN;
    const perSecond = typeof given === 'number' ? given : (Number(number) * 1_000) / ms;
    if (perSecond > 0 && Number.isFinite(perSecond)) return perSecond;
    const params = { hint: 'write it as `20/s` or `20/min`, in units of the point' };
    context.addIssue({ code: 'custom', message: perSecond <= 0 ? 'must be above 0' : 'not a speed', params });
    return z.NEVER;
  })
  .meta({
    jsonSchema: {
      anyOf: [
        { type: 'number', exclusiveMinimum: 0 },
        { type: 'string', pattern: SPEED.source },
      ],
    },
    typeName: 'speed',
  });

/** Why `id` can't name a device or a point, with a hint; undefined where it can. */
export function idProblem(id: string): { message: string; hint: string } | undefined {
  if (RESERVED_IDS.has(id))
    return { message: `\`${id}\` is a reserved word`, hint: `choose another id, for example \`my_${id}\`` };
  if (ID.test(id)) return undefined;
  const rule = 'an id is a lower-case letter, then at most 15 of a-z, 0-9 and _';
  const near = nearestId(id);
  return { message: 'not a valid id', hint: near ? `${rule}, for example \`${near}\`` : rule };
}

/** An id made of `text` where enough of it can be kept; undefined where not. */
export function nearestId(text: string): string | undefined {
  const id = text
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '_')
    .replace(/^[^a-z]+/, '')
    .slice(0, 16)
    .replace(/_+$/, '');
  return ID.test(id) && !RESERVED_IDS.has(id) ? id : undefined;
}

/** The id of a point (or of a device): `[a-z][a-z0-9_]{0,15}`, not a reserved word. */
export const pointId = z
  .string()
  .superRefine((id, context) => {
    const problem = idProblem(id);
    if (problem) context.addIssue({ code: 'custom', message: problem.message, params: { hint: problem.hint } });
  })
  .meta({ jsonSchema: { type: 'string', pattern: ID.source }, typeName: 'id' });

/** Entries by id, such as a device's points: every key is checked as `pointId` is, beside whatever else is wrong. */
export function byId<Entry extends z.ZodType>(entry: Entry) {
  return z
    .record(z.string().meta({ jsonSchema: { type: 'string', pattern: ID.source }, typeName: 'id' }), entry)
    .superRefine(
      (entries, context) => {
        for (const id of Object.keys(entries)) {
          const problem = idProblem(id);
          if (!problem) continue;
          const params = { hint: problem.hint, at: 'key' };
          context.addIssue({ code: 'custom', message: problem.message, path: [id], params });
        }
      },
      { when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value) },
    );
}

const usbId = z
  .string()
  .regex(/^[0-9a-fA-F]{4}$/, { error: 'expected 4 hex digits in quotes, such as "1a86"' })
  .transform((id) => id.toLowerCase());

const portPath = z
  .string()
  .max(4096)
  .regex(/^\/[^\u0000]*$/, { error: 'expected a path that begins with `/`, such as /dev/ttyUSB0' });

const usbAddress = z.strictObject({
  vendorId: usbId.describe('USB vendor id, 4 hex digits'),
  productId: usbId.describe('USB product id, 4 hex digits'),
  serialNumber: z.string().min(1).max(126).optional().describe('USB serial number, to tell equal adapters apart'),
});

/** Where a port is: a path that begins with `/` (links included), or the USB identity of the adapter behind it. */
export const portAddress: z.ZodType<PortAddress> = z
  .union([portPath, usbAddress])
  .transform((port): PortAddress => {
    if (typeof port === 'string') return port;
    const { serialNumber, ...ids } = port;
    return serialNumber === undefined ? ids : { ...ids, serialNumber };
  })
  .meta({ typeName: 'path or {vendorId, productId, serialNumber}' });

/** `portAddress`, or `auto` for drivers whose devices say who they are. */
export const portAddressOrAuto = z
  .union([z.literal('auto'), portAddress])
  .meta({ typeName: '`auto`, path or {vendorId, productId, serialNumber}' });

/** Bits per second: a whole number up to 4 000 000, the most that Linux's termios constants name. */
export const baud = z.int().min(1).max(4_000_000);

/** A value of a point: a boolean, a number or a string. */
export const value: z.ZodType<Value> = z
  .union([z.boolean(), z.number(), z.string()], { error: 'expected a boolean, a number or a string' })
  .meta({ typeName: 'boolean, number or string' });
