import { BridgeError, isBridgeError } from '../error.js';
import { printable } from '../text.js';
import type { Holder } from './serial-path.js';

/** What was found out about the port besides the error's text. */
export interface FaultContext {
  readonly path: string;
  readonly holders?: readonly Holder[];
  /** Milliseconds since the device node was made or changed, where known. */
  readonly nodeAge?: number | undefined;
}

/** udev sets group and mode of a new node some 100 ms after the kernel made it; 5 s is generous for a busy Pi. */
const SETTLING_MS = 5000;

interface Rule {
  readonly text: RegExp;
  readonly code: string;
  readonly say: (path: string) => string;
  readonly hint?: string;
}

/**
 * serialport gives texts and no codes: strerror(3) between words of its own. First match wins, so what names an action
 * ("lock", "ioctl", "baud") stands above what names an errno that several actions share.
 */
const RULES: readonly Rule[] = [
  {
    text: /cannot lock port|resource busy|EBUSY/i,
    code: 'port/locked',
    say: (path) => `${path} is in use by another program`,
  },
  {
    text: /inappropriate ioctl|ENOTTY|is a directory|EISDIR|not a directory/i,
    code: 'port/not-serial',
    say: (path) => `${path} is not a serial port`,
    hint: 'choose a path that `carter-bridge devices` lists',
  },
  {
    text: /permission denied|operation not permitted|EACCES|EPERM/i,
    code: 'port/denied',
    say: (path) => `no permission to open ${path}`,
    hint: 'run `sudo usermod -aG dialout $USER` and log in again',
  },
  {
    text: /no such file|ENOENT/i,
    code: 'port/missing',
    say: (path) => `${path} does not exist`,
    hint: 'is the device plugged in? `carter-bridge devices` lists what is',
  },
  {
    text: /input\/output error|i\/o error|no such device|bad file|disconnect|hangup|broken pipe|port is not open|\b(EIO|ENXIO|ENODEV|EBADF|EPIPE)\b/i,
    code: 'port/gone',
    say: (path) => `${path} went away`,
    hint: 'unplugged, or the adapter was reset: check cable and power',
  },
  {
    text: /baud/i,
    code: 'port/baud',
    say: (path) => `${path} does not take this baud rate`,
    hint: 'use one that the adapter knows, such as 9600 or 115200',
  },
];

/** The BridgeError for whatever serialport threw about a port; `port/unknown` keeps the text of what no rule knows. */
export function serialFault(error: unknown, context: FaultContext): BridgeError {
  if (isBridgeError(error)) return error;
  const text = error instanceof Error ? error.message : String(error);
  const { path } = context;
  const rule = RULES.find((r) => r.text.test(text));
  if (!rule) return new BridgeError('port/unknown', `${path}: ${printable(text)}`, { cause: error });
  if (rule.code === 'port/denied' && isYoung(context.nodeAge)) {
    return new BridgeError('port/settling', `${path} is new and not ready yet`, {
      hint: 'the system has not set its group yet; the next attempt should do',
      cause: error,
    });
  }
  const hint = rule.code === 'port/locked' ? holderHint(context.holders ?? []) : rule.hint;
  return new BridgeError(rule.code, rule.say(path), { ...(hint && { hint }), cause: error });
}

/** A clock that was set meanwhile gives any age, also a negative one. */
function isYoung(age: number | undefined): boolean {
  return age !== undefined && Math.abs(age) < SETTLING_MS;
}

function holderHint(holders: readonly Holder[]): string {
  if (holders.length === 0) return 'close the program that has it open; `sudo fuser -v PATH` names it';
  const names = holders.map((h) => `${printable(h.command)} (pid ${h.pid})`).join(', ');
  return `held by ${names}; close that first`;
}
