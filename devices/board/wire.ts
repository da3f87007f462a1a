import { decodeBoardLine } from '../../firmware-protocol/decode.js';
import { encodeHostLine } from '../../firmware-protocol/encode.js';
import { MAX_SEQ, READ_MS, STOP_LINE } from '../../firmware-protocol/limits.js';
import type { BoardMessage, HostMessage } from '../../firmware-protocol/message.js';
import { sleep } from '../../src/clock.js';
import type { DeviceIo } from '../../src/device/driver.js';
import { isBridgeError } from '../../src/error.js';
import type { LineLink } from '../../src/port/line-link.js';

/** How long to wait for an answer: `again` milliseconds before each repetition, `last` after the last one. */
export interface Patience {
  readonly again: number;
  readonly tries: number;
  readonly last?: number;
  /** Does not wait for the answer to an earlier question, only until the board has room for both. */
  readonly urgent?: boolean;
}

/**
 * One session's line to a board, numbered and sealed. Every line of the host has one answer, and only one is asked for at
 * a time, so that a board that reads its line now and then has never two of them to receive, beside an urgent one.
 */
export class BoardWire {
  private seq = 0;
  private heardSeq: number | undefined;
  private current: BoardMessage | undefined;
  /** The line that was written last, until it was answered. */
  private unanswered: { readonly bytes: number; readonly at: number } | undefined;
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly io: DeviceIo,
    private readonly link: LineLink,
    /** Bytes that the board can receive while its sketch does something else. */
    private readonly buffer: number,
  ) {}

  /** What a line says; undefined, and counted, where it is damaged. Lines lost before it are counted too. */
  read(line: string): BoardMessage | undefined {
    const { error, seq, message } = decodeBoardLine(line);
    this.current = message;
    if (error !== undefined) {
      this.io.ignored(`not a board's line: ${error}`, line);
      return undefined;
    }
    const expected = this.heardSeq === undefined ? seq : (this.heardSeq + 1) % (MAX_SEQ + 1);
    // A hello is always number 0.
    if (seq !== expected && message.verb !== 'hello') this.io.ignored('lines lost', `${expected} to ${seq}`);
    this.heardSeq = seq;
    return message;
  }

  /** Says something until `pick` finds the answer; rejects with `device/timeout`, the abort reason or the session's end. */
  async ask<T>(
    message: HostMessage,
    pick: (answer: BoardMessage) => T | undefined,
    patience: Patience,
    signal: AbortSignal,
  ): Promise<T> {
    if (patience.urgent) return await this.repeat(message, pick, patience, signal);
    const before = this.turn;
    let finish = () => {};
    this.turn = new Promise((resolve) => {
      finish = resolve;
    });
    await before;
    try {
      return await this.repeat(message, pick, patience, signal);
    } finally {
      finish();
    }
  }

  private async repeat<T>(
    message: HostMessage,
    pick: (answer: BoardMessage) => T | undefined,
    { again, tries, last = again, urgent = false }: Patience,
    signal: AbortSignal,
  ): Promise<T> {
    for (let left = tries - 1; ; left--) {
      signal.throwIfAborted();
      if (urgent) await this.room(signal);
      const seq = (this.seq + 1) % (MAX_SEQ + 1);
      const write = encodeHostLine(seq, message);
      this.seq = seq;
      const line = { bytes: write.length + 1, at: this.io.clock.now() };
      this.unanswered = line;
      // The line was read already when it is offered here.
      const match = () => this.current && pick(this.current);
      try {
        const answer = await this.io.exchange(this.link, { write, match, within: left > 0 ? again : last }, signal);
        if (this.unanswered === line) this.unanswered = undefined;
        return answer;
      } catch (error) {
        if (left <= 0 || signal.aborted || !isBridgeError(error, 'device/timeout')) throw error;
        // Where the machine stood still more is overdue, such as the end of the command's own time: that has its say first.
        await sleep(this.io.clock, 0, signal);
      }
    }
  }

  /** Waits while a line that the board may not have read yet leaves no room for a stop. */
  private async room(signal: AbortSignal): Promise<void> {
    if (!this.unanswered || this.unanswered.bytes + STOP_LINE <= this.buffer) return;
    const wait = this.unanswered.at + READ_MS - this.io.clock.now();
    if (wait > 0) await sleep(this.io.clock, wait, signal);
  }
}
