import type { Clock } from '../clock.js';
import { BridgeError } from '../error.js';
import type { LineNoise } from '../port/line-link.js';

/** What a legibility watch is built from; each is called once an episode. */
export interface LegibilityParts {
  clock: Clock;
  /** The device sends bytes that nobody can read. */
  onGarbage(error: BridgeError): void;
  /** The first readable line after `onGarbage`. */
  onReadable(): void;
}

/** Bytes that make no readable line are garbage after this time, where they came at least this often. */
const GARBAGE_MS = 10_000;
const GARBAGE_SIGNS = 3;
/** What came before so long a pause is forgotten. */
const FORGET_MS = 60_000;
/** So many unreadable lines in a row are garbage at once. */
const GARBAGE_LINES = 20;
/** Noise in binary is garbage when it comes a second time, and so lasts: an ESP8266 boots with a moment of it. */
const BINARY_SIGNS = 2;

const BAUD = 'is `baud` the rate that the sketch uses';
const NEWLINE = 'does it end its lines with a newline (println)?';
const RETURN = 'it seems to end its lines with a carriage return only: end them with a newline (println)';

/** Tells when a device sends something, but nothing readable. */
export class Legibility {
  private garbage = false;
  /** What came since the last readable line. */
  private since = 0;
  private last = 0;
  private signs = 0;
  private lines = 0;
  private binary = 0;
  private returns = false;

  constructor(private readonly parts: LegibilityParts) {}

  /** True while nothing but garbage comes. */
  get lost(): boolean {
    return this.garbage;
  }

  /** A readable line came. Cheap, so it may be called for each line. */
  line(): void {
    if (this.signs === 0) return;
    this.forget();
    if (!this.garbage) return;
    this.garbage = false;
    this.parts.onReadable();
  }

  /** An unreadable line came. */
  badLine(): void {
    this.sign();
    this.lines++;
    this.judge();
  }

  /** Bytes came, but no newline. */
  noise({ binary, returns }: LineNoise): void {
    this.sign();
    if (binary) this.binary++;
    this.returns ||= returns;
    this.judge();
  }

  /** No readable line came for so long that the device's values are stale: what came instead is garbage. */
  stale(): void {
    if (this.signs >= GARBAGE_SIGNS) this.tell();
  }

  private sign(): void {
    const now = this.parts.clock.now();
    if (now - this.last > FORGET_MS) this.forget();
    if (this.signs++ === 0) this.since = now;
    this.last = now;
  }

  private forget(): void {
    this.signs = 0;
    this.lines = 0;
    this.binary = 0;
    this.returns = false;
  }

  private judge(): void {
    const lasting = this.signs >= GARBAGE_SIGNS && this.last - this.since >= GARBAGE_MS;
    if (lasting || this.lines >= GARBAGE_LINES || this.binary >= BINARY_SIGNS) this.tell();
  }

  private tell(): void {
    if (this.garbage) return;
    this.garbage = true;
    const what =
      this.lines >= GARBAGE_LINES ? `${this.lines} unreadable lines in a row` : 'bytes but no readable lines';
    const hint = this.binary > 0 ? `${BAUD}?` : this.returns ? RETURN : `${BAUD}, and ${NEWLINE}`;
    this.parts.onGarbage(new BridgeError('port/garbage', what, { hint }));
  }
}
