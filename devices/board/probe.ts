import { decodeBoardLine } from '../../firmware-protocol/decode.js';
import { encodeHostLine } from '../../firmware-protocol/encode.js';
import { MAX_INTEGER } from '../../firmware-protocol/limits.js';
import type { BoardInfo, BoardMessage } from '../../firmware-protocol/message.js';
import type { DeviceIdentity } from '../../src/device/driver.js';
import type { ProbeIo } from '../../src/device/driver-kind.js';
import { BridgeError, isBridgeError } from '../../src/error.js';
import type { LineLink } from '../../src/port/line-link.js';

/** A board's answer to our hello. */
export type Hello = Extract<BoardMessage, { verb: 'hello' }>;

/** Opening the port restarts many boards, which lose what is sent meanwhile. */
const ASK_AGAIN_MS = 250;

/** A number for one session, from a source of numbers from 0 to below 1. */
export function randomNonce(random: () => number): number {
  return 1 + Math.floor(random() * MAX_INTEGER);
}

/**
 * Says hello with `nonce` (from 1) on an open line until a board answers to it, and nothing else; every other line is
 * left alone. Rejects with `device/no-answer` after `within` milliseconds.
 */
export async function probe(
  io: ProbeIo,
  link: LineLink,
  { nonce, within }: { readonly nonce: number; readonly within: number },
  signal: AbortSignal,
): Promise<Hello> {
  const write = encodeHostLine(0, { verb: 'hello', nonce });
  const match = (line: string): Hello | undefined => {
    const { message } = decodeBoardLine(line);
    return message?.verb === 'hello' && message.nonce === nonce ? message : undefined;
  };
  const end = io.clock.now() + within;
  for (let left = within; left > 0; left = end - io.clock.now()) {
    try {
      return await io.exchange(link, { write, match, within: Math.min(ASK_AGAIN_MS, left) }, signal);
    } catch (error) {
      if (signal.aborted || !isBridgeError(error, 'device/timeout')) throw error;
    }
  }
  throw new BridgeError('device/no-answer', `no board answered to hello within ${within / 1000} s`, {
    hint: 'does its sketch speak the board protocol, and at this baud rate?',
  });
}

/** What a board says of itself, as the bridge knows devices. */
export function identityOf({ id, name, firmware, boot, fingerprint }: BoardInfo): DeviceIdentity {
  return { id, ...(name && { name }), ...(firmware && { firmware }), bootId: String(boot), manifest: fingerprint };
}
