import { type Clock, deadline } from '../clock.js';
import type { Log } from '../log.js';
import type { Supply } from '../port/supply.js';

/** Longest wait for the kernel's word. */
const ANSWER_MS = 5_000;

const WORDS: Readonly<Record<Supply, string | undefined>> = {
  low: 'the supply voltage of this machine is too low now, which makes USB devices drop out',
  'was low':
    'the supply voltage of this machine was too low at some time since its start, which makes USB devices drop out',
  good: undefined,
};

/** What it takes to suspect the supply. */
export interface BrownOutParts {
  /** How the supply is; undefined where the machine does not tell. */
  supply(): Promise<Supply | undefined>;
  clock: Clock;
  log: Log;
}

/** Asks, where a device dropped out, whether the supply of the machine is to blame. */
export class BrownOut {
  private suspicion: string | undefined;
  private asked = 0;

  constructor(private readonly parts: BrownOutParts) {}

  /** Why the device may have dropped out, in words; undefined where the supply is not to blame. */
  get reason(): string | undefined {
    return this.suspicion;
  }

  /** The device dropped out. */
  async dropped(): Promise<void> {
    const { supply, clock, log } = this.parts;
    const question = ++this.asked;
    const late = () => new Error('the kernel does not say how the supply is');
    try {
      const reason = WORDS[(await deadline(clock, ANSWER_MS, supply(), late)) ?? 'good'];
      if (question !== this.asked || reason === undefined) return;
      this.suspicion = reason;
      log.warn({}, reason);
    } catch (error) {
      log.debug({ err: error }, 'the supply is not known');
    }
  }

  /** The device is back. */
  over(): void {
    this.asked++;
    this.suspicion = undefined;
  }
}
