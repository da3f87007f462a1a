import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.js';
import { BridgeError } from '../error.js';
import {
  deriveKey,
  type KeyLabel,
  openText,
  SALT_BYTES,
  SECRET_BYTES,
  sealText,
  strictBase64,
  TAG_BYTES,
} from './e2ee-box.js';
import { ReplayMemory, ReplayWindow } from './e2ee-replay.js';
import { isObject, type JsonObject } from './frame.js';
import { parseJson } from './json.js';

/** A sealed payload as it travels; other keys beside these are allowed and ignored. */
export type Envelope = { e2ee: 2; s: string; n: number; ct: string };

/** Whether a frame came from a holder of the room key; `overtaken`: it did, and after a newer one of its sender. */
export type Sealed = boolean | 'overtaken';

/** Seals what we send and opens what others of the room sent. */
export interface Cipher {
  /** Seals a payload, with time, channel and sender inside. */
  seal(payload: JsonObject): Envelope;
  /** Opens an envelope once; `late`: a newer one of its sender came before. Throws a BridgeError with an `e2ee/…` code. */
  open(envelope: unknown): { payload: unknown; late: boolean };
  isEnvelope(value: unknown): boolean;
  /** True for an envelope that this instance sealed. */
  isOwn(envelope: unknown): boolean;
}

export interface RoomOptions {
  readonly channel: string;
  /** Our mesh name, told to the receivers. */
  readonly name: string;
  readonly clock: Clock;
  /** Which frames came before, where another cipher of ours or an earlier start knows of some. */
  readonly memory?: ReplayMemory | undefined;
  /** What becomes of frames that do not say when they were sealed, as those of old peers; taken where absent. */
  readonly unstamped?: 'accept' | 'refuse' | undefined;
  /** Where salts come from; the system where absent. */
  readonly randomBytes?: (size: number) => Uint8Array;
  /** `grp v2` where absent; the directional modes need one label each way. */
  readonly labels?: { readonly seal: KeyLabel; readonly open: KeyLabel };
}

/** How far a sender's clock may be from ours, in milliseconds. */
const MAX_SKEW = 120_000;

/** True for an object that says it is a version 2 envelope, whatever else is in it. */
export function isEnvelope(value: unknown): value is JsonObject {
  return isObject(value) && value['e2ee'] === 2;
}

/**
 * The cipher of a room: everybody with the key reads and writes. `keyBase64` is 32 bytes in standard base64.
 * One instance for a process: its salt is drawn here and its counter never restarts. Throws `e2ee/key`.
 */
export function roomCipher(keyBase64: string, options: RoomOptions): Cipher {
  const secret = strictBase64(keyBase64);
  if (secret?.length !== SECRET_BYTES) {
    throw new BridgeError('e2ee/key', 'the room key is not 32 bytes in base64', {
      hint: 'copy it whole, 44 characters ending in =',
    });
  }
  const { channel, name, clock, memory = new ReplayMemory() } = options;
  const labels = options.labels ?? { seal: 'grp v2', open: 'grp v2' };
  const salt = (options.randomBytes ?? randomBytes)(SALT_BYTES);
  const ownSalt = Buffer.from(salt).toString('base64');
  const ownKey = deriveKey(secret, salt, labels.seal);
  const keys = new WeakMap<ReplayWindow, Uint8Array>();
  let counter = 0;

  return {
    isEnvelope,
    isOwn: (envelope) => isEnvelope(envelope) && envelope['s'] === ownSalt,
    seal: (payload) => {
      const wall = clock.wall();
      const stamped = { ...payload, ...(wall === undefined ? {} : { _ts: wall }), _ch: channel, _from: name };
      const n = counter++;
      const ct = sealText(ownKey, n, JSON.stringify(stamped)).toString('base64');
      return { e2ee: 2, s: ownSalt, n, ct };
    },
    open: (envelope) => {
      const { s, salt, n, sealed } = readEnvelope(envelope);
      const known = memory.of(s);
      const window = known ?? new ReplayWindow();
      const key = keys.get(window) ?? deriveKey(secret, salt, labels.open);
      const payload = readPlaintext(openText(key, n, sealed));
      if (!window.isNew(n)) throw new BridgeError('e2ee/replay', 'the frame came before');
      const late = n < window.highest;
      const refusal = checkStamps(payload, options);
      // Recordings are no reason to forget a member, but what is not good yet must not become so.
      if (known || !refusal || refusal.early) {
        window.add(n);
        keys.set(window, key);
        memory.keep(s, window);
        // Other bridges of the room speak all the time, and switch nothing: they are not worth a write each time.
        if (!isObject(payload) || payload['_src'] === undefined) memory.changed();
      }
      if (refusal) throw refusal.error;
      return { payload, late };
    },
  };
}

function readEnvelope(value: unknown): { s: string; salt: Buffer; n: number; sealed: Buffer } {
  if (!isEnvelope(value)) throw malformed('not a version 2 envelope');
  const { s, n, ct } = value;
  const salt = typeof s === 'string' ? strictBase64(s) : undefined;
  if (typeof s !== 'string' || salt?.length !== SALT_BYTES) throw malformed('`s` is not 16 bytes in base64');
  if (typeof n !== 'number' || !Number.isSafeInteger(n) || n < 0) throw malformed('`n` is not a counter');
  const sealed = typeof ct === 'string' ? strictBase64(ct) : undefined;
  if (sealed === undefined || sealed.length < TAG_BYTES) throw malformed('`ct` is not sealed text in base64');
  return { s, salt, n, sealed };
}

function malformed(message: string): BridgeError {
  return new BridgeError('e2ee/envelope', message);
}

function readPlaintext(text: string): unknown {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new BridgeError('e2ee/payload', 'the sealed text is not acceptable JSON', { cause });
  }
}

interface Refusal {
  readonly error: BridgeError;
  /** True where the same frame could be taken later. */
  readonly early: boolean;
}

/** What speaks against a frame's channel and time; what is there of them has to be right. */
function checkStamps(payload: unknown, { channel, clock, unstamped }: RoomOptions): Refusal | undefined {
  const { _ts: sentAt, _ch: sentTo } = isObject(payload) ? payload : {};
  const no = (code: string, message: string, hint?: string, early = false): Refusal => {
    return { error: new BridgeError(code, message, hint === undefined ? {} : { hint }), early };
  };
  if (sentTo !== undefined && sentTo !== channel) {
    return no('e2ee/channel', 'the frame was sealed for another channel');
  }
  if (sentAt === undefined) {
    const hint = 'update the sender and set its clock, or set `relay.unstamped: accept`';
    return unstamped === 'refuse' ? no('e2ee/stale', 'the frame does not say when it was sealed', hint) : undefined;
  }
  if (typeof sentAt !== 'number') return no('e2ee/stale', 'the frame’s time is not a number');
  const wall = clock.wall();
  if (wall === undefined || Math.abs(wall - sentAt) <= MAX_SKEW) return undefined;
  const old = `the frame is ${Math.round((wall - sentAt) / 1000)} s old`;
  return no('e2ee/stale', old, 'set both clocks (NTP)', sentAt > wall);
}
