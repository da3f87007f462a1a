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
import { ReplayWindow } from './e2ee-replay.js';
import { isObject, type JsonObject } from './frame.js';
import { parseJson } from './json.js';

/** A sealed payload as it travels; other keys beside these are allowed and ignored. */
export type Envelope = { e2ee: 2; s: string; n: number; ct: string };

/** Seals what we send and opens what others of the room sent. */
export interface Cipher {
  /** Seals a payload, with time, channel and sender inside. */
  seal(payload: JsonObject): Envelope;
  /** Opens an envelope once; throws a BridgeError with an `e2ee/…` code. */
  open(envelope: unknown): { payload: unknown };
  isEnvelope(value: unknown): boolean;
  /** True for an envelope that this instance sealed. */
  isOwn(envelope: unknown): boolean;
}

export interface RoomOptions {
  readonly channel: string;
  /** Our mesh name, told to the receivers. */
  readonly name: string;
  readonly clock: Clock;
  /** Where salts come from; the system where absent. */
  readonly randomBytes?: (size: number) => Uint8Array;
  /** `grp v2` where absent; the directional modes need one label each way. */
  readonly labels?: { readonly seal: KeyLabel; readonly open: KeyLabel };
}

/** How far a sender's clock may be from ours, in milliseconds. */
const MAX_SKEW = 120_000;
/** Senders remembered; a sender has a new salt in every session. */
const MAX_SENDERS = 256;

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
  const { channel, name, clock } = options;
  const labels = options.labels ?? { seal: 'grp v2', open: 'grp v2' };
  const salt = (options.randomBytes ?? randomBytes)(SALT_BYTES);
  const ownSalt = Buffer.from(salt).toString('base64');
  const ownKey = deriveKey(secret, salt, labels.seal);
  const senders = new Senders();
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
      const sender = senders.get(s) ?? { key: deriveKey(secret, salt, labels.open), window: new ReplayWindow() };
      const payload = readPlaintext(openText(sender.key, n, sealed));
      if (!sender.window.isNew(n)) throw new BridgeError('e2ee/replay', 'the frame came before');
      checkStamps(payload, channel, clock.wall());
      sender.window.add(n);
      senders.keep(s, sender);
      return { payload };
    },
  };
}

interface Sender {
  readonly key: Uint8Array;
  readonly window: ReplayWindow;
}

/** The senders heard last; only frames that passed every check get in, so that strangers cannot push members out. */
class Senders {
  private readonly bySalt = new Map<string, Sender>();

  get(salt: string): Sender | undefined {
    return this.bySalt.get(salt);
  }

  keep(salt: string, sender: Sender): void {
    this.bySalt.delete(salt);
    this.bySalt.set(salt, sender);
    if (this.bySalt.size > MAX_SENDERS) {
      for (const oldest of this.bySalt.keys()) {
        this.bySalt.delete(oldest);
        break;
      }
    }
  }
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

/** Peers older than the stamps send none; what is there has to be right. */
function checkStamps(payload: unknown, channel: string, wall: number | undefined): void {
  if (!isObject(payload)) return;
  const { _ts: sentAt, _ch: sentTo } = payload;
  if (sentTo !== undefined && sentTo !== channel) {
    throw new BridgeError('e2ee/channel', 'the frame was sealed for another channel');
  }
  if (sentAt === undefined) return;
  if (typeof sentAt !== 'number') throw new BridgeError('e2ee/stale', 'the frame’s time is not a number');
  if (wall !== undefined && Math.abs(wall - sentAt) > MAX_SKEW) {
    throw new BridgeError('e2ee/stale', `the frame is ${Math.round((wall - sentAt) / 1000)} s old`, {
      hint: 'set both clocks (NTP)',
    });
  }
}
