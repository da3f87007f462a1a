import { z } from 'zod';
import { durationBetween } from '../device/options.js';
import { parseExpression } from '../state/expression.js';
import { formula } from './derived-schema.js';

/** Tokens of an account cross the internet sealed only; this machine is another matter. */
function isServiceAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, search, hash } = new URL(text);
  if (search !== '' || hash !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', 'localhost', '[::1]'].includes(hostname));
}

const condition = formula
  .refine((source) => isCondition(source), {
    error: 'this is never true or false',
    params: { hint: 'write a comparison, for example `shed.temp > 30`' },
  })
  .describe('When: a formula that is true or false');

const alarm = z.strictObject({
  when: condition,
  for: durationBetween('0ms', '24h').prefault('0s').describe('How long it has to hold'),
  text: z.string().min(1).max(256).describe('What phones are told; the service can read it'),
  every: durationBetween('1m', '24h').prefault('15m').describe('Told this often at most, and again while it holds'),
});

/** The `notify` section: what phones are told of while their app is closed. */
export const notifySchema = z.strictObject({
  service: z
    .string()
    .max(256)
    .refine(isServiceAddress, { error: 'not an https address' })
    .optional()
    .meta({ typeName: 'https:// address' })
    .describe('The service of the account; that of the device’s credential where absent'),
  token: z
    .string()
    .min(1)
    .max(4096)
    .regex(/^[\x21-\x7e]*$/, { error: 'a token has no spaces and only ASCII characters' })
    .describe('The session token of the account, which is not that of the relay. Secret'),
  alarms: z.array(alarm).max(64).default([]).describe('Conditions of points'),
  estop: z.boolean().default(true).describe('Tell of an emergency stop'),
  lost: z
    .union([z.literal(false), durationBetween('1s', '24h')])
    .prefault('1m')
    .meta({ typeName: 'duration, 1s to 24h, or `false`' })
    .describe('Tell of a device that has been gone or silent for so long'),
});

function isCondition(source: string): boolean {
  try {
    const { type } = parseExpression(source);
    return type === undefined || type === 'boolean';
  } catch {
    // What is wrong with the formula itself is told already.
    return true;
  }
}
