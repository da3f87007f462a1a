import { type Clock, sleep } from '../clock.js';
import { causeOf } from './causes.js';
import type { DeviceCounters } from './counters.js';
import type { DeviceSession } from './driver.js';

/** Between two checks. */
const CHECK_MS = 2_000;

/** What checking needs. */
export interface CheckParts {
  clock: Clock;
  counters: Pick<DeviceCounters, 'lines'>;
  /** Over when the session is. */
  signal: AbortSignal;
  /** Nobody answered. */
  lost(reason: string): void;
}

/** Asks a session that can be asked whether anybody is there, every 2 s until it is over or nobody answers. */
export async function keepChecking(session: DeviceSession, parts: CheckParts): Promise<void> {
  const { clock, counters, signal, lost } = parts;
  let { lines } = counters;
  try {
    while (session.check) {
      await sleep(clock, CHECK_MS, signal);
      lines = counters.lines;
      await session.check(signal);
    }
  } catch (error) {
    if (signal.aborted) return;
    const speaks = counters.lines > lines ? '; it still speaks: is the wire to it broken?' : '';
    lost(`the device does not answer: ${causeOf(error).message}${speaks}`);
  }
}
