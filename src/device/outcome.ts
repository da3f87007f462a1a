import { BridgeError, isBridgeError } from '../error.js';
import type { Value } from './point.js';

/** Why a command was not carried out, as phones are told. */
export const REFUSAL_CODES = [
  'unknown_point',
  'read_only',
  'type',
  'range',
  'step',
  'rate',
  'interlock',
  'estop',
  'unarmed',
  'unapproved',
  'role',
  'offline',
  'timeout',
  'mismatch',
  'device_refused',
  'superseded',
  'expired',
  'too_large',
  'open_relay',
  'plaintext',
] as const;

/** One of them. */
export type RefusalCode = (typeof REFUSAL_CODES)[number];

/** Refusals of commands that never reached their device. */
export const NEVER_SENT: ReadonlySet<RefusalCode> = new Set(['offline', 'superseded', 'expired', 'estop']);

/** How a command ended: with what the device confirmed, or with the reason why not. */
export type Outcome =
  | {
      readonly ok: true;
      readonly value: Value;
      /** True: a later wish of the same sender took its place, and the value is what came of that. */
      readonly replaced?: true;
      /** What is wrong all the same. */
      readonly message?: string;
    }
  | { readonly ok: false; readonly code: RefusalCode; readonly message: string };

/** A refusal with its reason in words. */
export function refused(code: RefusalCode, message: string): Outcome {
  return { ok: false, code, message };
}

/** The outcome that stands for an error thrown while a command was carried out. */
export function refusalOf(error: unknown): Outcome {
  if (isBridgeError(error, 'device/refused')) return refused('device_refused', error.message);
  if (isBridgeError(error, 'device/mismatch')) return refused('mismatch', error.message);
  if (isBridgeError(error, 'device/timeout', 'port/stalled', 'port/busy')) return refused('timeout', error.message);
  if (error instanceof BridgeError) return refused('offline', error.message);
  // Nobody knows how far it got.
  return refused('mismatch', `the driver failed: ${error instanceof Error ? error.message : String(error)}`);
}

/** The refusal of a wish whose place another phone's took. */
export function supersededBy(origin: string): Outcome {
  return refused('superseded', `${origin || 'another phone'} wanted something else a moment later`);
}

/** The outcome of a wish whose place a later one of the same sender took. */
export async function ofSuccessor(outcome: Promise<Outcome>): Promise<Outcome> {
  const result = await outcome;
  return result.ok ? { ...result, replaced: true } : result;
}
