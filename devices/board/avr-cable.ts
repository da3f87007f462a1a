import { AVR_HZ, type AvrChip } from './avr-chip.js';

/** Bits of a byte on the line, 8N1. */
const BITS = 10;
/** Bytes from the host that wait to go over the line: more than any system's own buffer. */
const MAX_QUEUE = 65_536;

/** What the USB adapter of a board does: brings the host's bytes to the chip one after the other, at the line's rate. */
export class AvrCable {
  /** Bytes of the host that found no more room. */
  dropped = 0;

  /** Bytes of the host that it took so far. */
  taken = 0;

  private readonly queue: number[] = [];
  private busy = false;
  /** Cycle, with its fraction, at which the byte on the line ends. */
  private end = 0;

  constructor(
    private readonly chip: AvrChip,
    private readonly baud: number,
  ) {}

  /** Bytes that have not reached the chip yet. */
  get waiting(): number {
    return this.queue.length;
  }

  /** Bytes of the host, one in a character; the first one begins now unless others are under way. */
  push(bytes: string): void {
    for (let at = 0; at < bytes.length; at++) {
      if (this.queue.length >= MAX_QUEUE) {
        this.dropped++;
      } else {
        this.queue.push(bytes.charCodeAt(at) & 0xff);
        this.taken++;
      }
    }
    if (this.busy || this.queue.length === 0) return;
    this.end = this.chip.cycles;
    this.next();
  }

  /** Forgets what is under way, as when the cable is pulled. */
  clear(): void {
    this.queue.length = 0;
  }

  private next(): void {
    this.busy = this.queue.length > 0;
    if (!this.busy) return;
    this.chip.usart.begin();
    this.end += (BITS * AVR_HZ) / this.baud;
    this.chip.after(Math.round(this.end - this.chip.cycles), () => {
      const byte = this.queue.shift();
      if (byte !== undefined) this.chip.usart.arrive(byte);
      this.next();
    });
  }
}
