import { crc32, hex8 } from './checksum.js';
import { Fields } from './fields.js';
import { MAX_LABEL, MAX_LEASE_MS, MAX_OPTIONS, MAX_UNIT, MIN_LEASE_MS } from './limits.js';
import type { PointDescription, ValueType } from './message.js';
import { encodeText } from './text.js';
import { decodeNumber, decodeValue, encodeNumber, encodeValue } from './value.js';

const ROLES: readonly PointDescription['role'][] = ['sensor', 'actuator', 'event'];
const TYPES: readonly (ValueType | '-')[] = ['-', 'boolean', 'number', 'enum', 'text'];

/** The fields of a describe line from the id on, in the one spelling that there is. */
export function encodePoint(point: PointDescription): string {
  const { id, role, type, label, unit, min, max, step, safe, lease, options } = point;
  const number = (value: number | undefined) => (value === undefined ? '-' : encodeNumber(value));
  const safeField = safe === undefined || type === undefined ? '-' : encodeValue({ type, options }, safe);
  const limits = [number(min), number(max), number(step), safeField, String(lease)];
  const fields = [id, role, type ?? '-', encodeText(label), encodeText(unit), ...limits, ...options.map(encodeText)];
  return fields.join(' ');
}

/** The other way round; undefined where a field is missing, contradicts another one or is spelt differently. */
export function decodePoint(text: string): PointDescription | undefined {
  const fields = new Fields(text.split(' '));
  const id = fields.id();
  const role = fields.oneOf(ROLES);
  const type = fields.oneOf(TYPES);
  const label = fields.text(MAX_LABEL);
  const unit = fields.text(MAX_UNIT);
  const [min, max, step] = [optionalNumber(fields), optionalNumber(fields), optionalNumber(fields)];
  const safeField = fields.token();
  const lease = fields.integer(MAX_LEASE_MS);
  const options: string[] = [];
  while (fields.left > 0 && !fields.bad) options.push(fields.text(MAX_LABEL));
  if (fields.bad) return undefined;
  const shape = type === '-' ? undefined : { type, options };
  const safe = safeField === '-' || !shape ? undefined : decodeValue(shape, safeField);
  if (safe === null) return undefined;
  const point: PointDescription = {
    id,
    role,
    label,
    unit,
    lease,
    options,
    ...(type === '-' ? {} : { type }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(step === undefined ? {} : { step }),
    ...(safe === undefined ? {} : { safe }),
  };
  return isConsistent(point) && encodePoint(point) === text ? point : undefined;
}

/** What fingerprints are of: the points in order, each as `encodePoint` writes it and a newline. */
export function encodePoints(points: readonly PointDescription[]): string {
  return points.map((point) => `${encodePoint(point)}\n`).join('');
}

/** CRC-32 over the points as `encodePoints` writes them, as eight hex digits. */
export function fingerprint(points: readonly PointDescription[]): string {
  return hex8(crc32(encodePoints(points)));
}

function optionalNumber(fields: Fields): number | undefined {
  const field = fields.token();
  if (field === '-') return undefined;
  return decodeNumber(field) ?? fields.refuse(undefined);
}

function isConsistent({ role, type, min, max, step, safe, lease, options }: PointDescription): boolean {
  if ((role === 'event') !== (type === undefined)) return false;
  if (role !== 'actuator' && safe !== undefined) return false;
  if (safe === undefined && lease !== 0) return false;
  if (lease !== 0 && lease < MIN_LEASE_MS) return false;
  if (type !== 'number' && [min, max, step].some((limit) => limit !== undefined)) return false;
  if (min !== undefined && max !== undefined && min >= max) return false;
  if (step !== undefined && step <= 0) return false;
  if (typeof safe === 'number' && (safe < (min ?? safe) || safe > (max ?? safe))) return false;
  if (type !== 'enum') return options.length === 0;
  return options.length >= 2 && options.length <= MAX_OPTIONS && new Set(options).size === options.length;
}
