/** Longest line read, in bytes without its ending, where the options name no other. */
export const MAX_LINE = 1024;
/** Most lines and bytes that wait to be written; at 115200 baud 16 KiB are 1.4 s. */
export const MAX_WAITING_LINES = 64;
export const MAX_WAITING_BYTES = 16 * 1024;
/** Milliseconds after which a write that the system did not take ends the link. */
export const STALL_MS = 1000;
/** Milliseconds that a port may take to open, and to close. */
export const OPEN_MS = 5000;
export const CLOSE_MS = 1000;
