/** Version of the protocol that this folder describes. */
export const PROTOCOL = 1;

/** Longest line from the host in bytes, checksum and newline included: an ATmega328P receives into 64 bytes. */
export const MAX_HOST_LINE = 60;
/** Longest line from a board in bytes, checksum and newline included. */
export const MAX_BOARD_LINE = 200;

/** Line numbers run from 0 to this and begin again. */
export const MAX_SEQ = 255;
/** Largest whole number of any field: nine digits fit 32 bits. */
export const MAX_INTEGER = 999_999_999;
/** Command ids and event counts run from 0 to this and begin again. */
export const MAX_COUNTER = 65_535;
/** Most digits of a number, before and after its point together. */
export const MAX_DIGITS = 9;

/** Most points of a board, words of an enum, and bytes of a point's label, its unit, and the board's name and version. */
export const MAX_POINTS = 64;
export const MAX_OPTIONS = 16;
export const MAX_LABEL = 40;
export const MAX_UNIT = 16;
export const MAX_NAME = 40;

/** Ids that mean something else in what apps say. */
export const RESERVED_IDS: ReadonlySet<string> = new Set(['msg_type', 'bridge', 'e2ee']);
/** Highest number of an interlock group. */
export const MAX_GROUP = 255;

/** Shortest lease in milliseconds, beside 0: two renewals in a row may be lost on the line. */
export const MIN_LEASE_MS = 2_500;
/** Longest lease and longest pulse in milliseconds. */
export const MAX_LEASE_MS = 3_600_000;
export const MAX_PULSE_MS = 60_000;
/** Milliseconds that an output lives without its host where its board says nothing else. */
export const DEFAULT_LEASE_MS = 3_000;
/** The host renews leases this often. */
export const ALIVE_MS = 1_000;
/** A board says all its readings at least this often. */
export const READINGS_MS = 5_000;
/** Bytes of the longest `stop` line, newline included. */
export const STOP_LINE = 24;
/** A line that old was read by a board that does nothing else: 5 ms on the wire, and a few passes of its loop. */
export const READ_MS = 20;
/** A board remembers the answers to this many commands. */
export const REMEMBERED = 8;
