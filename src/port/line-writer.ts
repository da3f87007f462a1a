import type { Clock, Timer } from '../clock.js';
import { BridgeError } from '../error.js';
import { printable } from '../text.js';
import { MAX_WAITING_BYTES, MAX_WAITING_LINES, STALL_MS } from './line-limits.js';
import { isOneLine } from './line-text.js';

/** What a LineWriter writes to. */
export interface LineSink {
  /** Hands bytes to the system; `taken` is called once it has them, or with what went wrong. */
  send(bytes: Buffer, taken: (error?: BridgeError) => void): void;
  /** Told when the system did not take a line in time. */
  stalled(error: BridgeError): void;
}

interface Waiting {
  readonly bytes: number;
  readonly timer: Timer;
  reject(error: BridgeError): void;
}

/** The lines that wait to be written to one opened port: bounded in number, bytes and time. Single-use, like its link. */
export class LineWriter {
  private readonly waiting = new Set<Waiting>();
  private waitingBytes = 0;
  private closedBy: BridgeError | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly newline: string,
    private readonly sink: LineSink,
  ) {}

  /** As LineLink.write; `port/line` for a text that is not one line of at most 16 KiB. */
  write(line: string): Promise<void> {
    if (this.closedBy)
      return Promise.reject(new BridgeError('port/closed', this.closedBy.message, { cause: this.closedBy }));
    const bytes = Buffer.from(line + this.newline);
    if (!isOneLine(line) || bytes.length > MAX_WAITING_BYTES) return Promise.reject(notOneLine(line));
    if (this.waiting.size >= MAX_WAITING_LINES || this.waitingBytes + bytes.length > MAX_WAITING_BYTES) {
      return Promise.reject(new BridgeError('port/busy', `${this.waiting.size} lines wait to be written already`));
    }
    return new Promise((resolve, reject) => {
      const timer = this.clock.after(STALL_MS, () => this.stall());
      const entry: Waiting = { bytes: bytes.length, timer, reject };
      this.waiting.add(entry);
      this.waitingBytes += bytes.length;
      this.sink.send(bytes, (error) => {
        if (!this.remove(entry)) return;
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** Rejects all that waits with `reason`, and all that comes with `port/closed`. */
  close(reason: BridgeError): void {
    this.closedBy ??= reason;
    for (const entry of this.waiting) {
      this.remove(entry);
      entry.reject(reason);
    }
  }

  private stall(): void {
    const error = new BridgeError('port/stalled', `a line was not taken within ${STALL_MS} ms`, {
      hint: 'the device does not read, or the adapter hangs; the port is closed, so that no old command goes out late',
    });
    this.close(error);
    this.sink.stalled(error);
  }

  private remove(entry: Waiting): boolean {
    entry.timer.cancel();
    if (!this.waiting.delete(entry)) return false;
    this.waitingBytes -= entry.bytes;
    return true;
  }
}

function notOneLine(line: string): BridgeError {
  return new BridgeError('port/line', `not one line: "${printable(line, 80)}"`, {
    hint: 'a written line is at most 16 KiB without control characters; its ending is added by the port',
  });
}
