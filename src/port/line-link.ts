import type { BridgeError } from '../error.js';

/** How to find a port: any path (links included), or the USB identity of the adapter behind it. */
export type PortAddress = string | { vendorId: string; productId: string; serialNumber?: string };

/** How a line-speaking port is opened. */
export interface LineOptions {
  readonly port: PortAddress;
  /** Bits per second. */
  readonly baud: number;
  /** What written lines end with; '\n' where absent. Read lines end with '\n', one '\r' before it is dropped. */
  readonly newline?: '\n' | '\r\n' | '\r';
  /** Longest line accepted, in bytes; 1024 where absent. A longer one is dropped up to its newline and counted. */
  readonly maxLine?: number;
  /** Modem lines right after opening; left as the system sets them where absent. */
  readonly dtr?: boolean;
  readonly rts?: boolean;
}

/** Why bytes were not delivered as a line. partial: the rest of a line that began before the port was opened. */
export type LineDefect = 'overlong' | 'garbled' | 'partial';

/** Bytes that came since the last newline, told while none comes. */
export interface LineNoise {
  readonly bytes: number;
  /** The first of them, printable, at most 80 characters. */
  readonly sample: string;
  /** At least 64 bytes, and most of them no text: control characters, or not UTF-8. */
  readonly binary: boolean;
  /** A carriage return is among them; alone it ends no line. */
  readonly returns: boolean;
}

/** What a link says to its owner, in the order in which the bytes came. Nothing is said after `ended` settled. */
export interface LineHandlers {
  /** One whole line without its ending: printable text, never empty. */
  line(text: string): void;
  /** Bytes that were dropped, with a printable sample of at most 80 characters. */
  defect(kind: LineDefect, sample: string): void;
  /** All bytes, as they arrive, before what they mean; their buffer is used again afterwards. */
  raw?(bytes: Buffer): void;
  /** Bytes came without a newline; at most once a second. */
  noise?(noise: LineNoise): void;
}

/** How a link ended. closed: by us · disconnected: the device went away · failed: the port reported an error. */
export interface LinkEnd {
  readonly reason: 'closed' | 'disconnected' | 'failed';
  readonly error?: BridgeError;
}

/**
 * One open port, for one use: open, live, ended, thrown away with its parser and its queue.
 * Nothing written to it outlives it.
 */
export interface LineLink {
  /** The device node that was opened, after links were followed. */
  readonly path: string;
  /** Resolves once, when the link is over, whatever the cause; never rejects. */
  readonly ended: Promise<LinkEnd>;
  /**
   * Writes one line and its ending; resolves when the operating system took it.
   * Rejects with `port/closed` when the link is not open, `port/busy` when too much waits already, `port/stalled` after 1 s.
   */
  write(line: string): Promise<void>;
  /** Ends the link; resolves within 1 s even where the system does not. Calling it again is harmless. */
  close(): Promise<void>;
}

/** Opens a port for one session; throws a BridgeError with a `port/…` code. The signal gives up on the opening. */
export type OpenLine = (options: LineOptions, handlers: LineHandlers, signal: AbortSignal) => Promise<LineLink>;
