import { type Clock, deadline } from '../clock.js';
import type { Log } from '../log.js';
import type { Supply } from '../port/supply.js';
import type { DeviceCounters } from './counters.js';

/** Longest wait for the kernel's word. */
const ANSWER_MS = 5_000;

const WORDS: Readonly<Record<Supply, string | undefined>> = {
  low: 'the supply voltage of this machine is too low now, which makes USB devices drop out',
  'was low':
    'the supply voltage of this machine was too low while the device was connected, which makes USB devices drop out',
  good: undefined,
};

/** What it takes to suspect the supply. */
export interface BrownOutParts {
  /** How the supply is; undefined where the machine does not tell. */
  supply(): Promise<Supply | undefined>;
  counters: Pick<DeviceCounters, 'brownOuts'>;
  clock: Clock;
  log: Log;
}

/** Asks, where a device dropped out, whether the supply of the machine is to blame. */
export class BrownOut {
  private suspicion: string | undefined;
  private asked = 0;
  /** How the supply was when the device came; undefined while nobody knows. */
  private before: Supply | undefined;

  constructor(private readonly parts: BrownOutParts) {}

  /** Why the device may have dropped out, in words; undefined where the supply is not to blame. */
  get reason(): string | undefined {
    return this.suspicion;
  }

  /** The device dropped out. */
  async dropped(): Promise<void> {
    const { counters, log } = this.parts;
    const { before } = this;
    const now = await this.ask();
    // The kernel tells of a low supply until it is started anew: what was so before has nothing to do with this.
    const isOld = now === 'was low' && (before === undefined || before === 'was low');
    const reason = WORDS[now ?? 'good'];
    if (isOld || reason === undefined) return;
    this.suspicion = reason;
    counters.brownOuts++;
    log.warn({}, reason);
  }

  /** The device is there. */
  async over(): Promise<void> {
    this.suspicion = undefined;
    this.before = undefined;
    this.before = await this.ask();
  }

  /** How the supply is; undefined where nobody says, or something else was asked meanwhile. */
  private async ask(): Promise<Supply | undefined> {
    const { supply, clock, log } = this.parts;
    const question = ++this.asked;
    const late = () => new Error('the kernel does not say how the supply is');
    try {
      const answer = await deadline(clock, ANSWER_MS, supply(), late);
      return question === this.asked ? answer : undefined;
    } catch (error) {
      log.debug({ err: error }, 'the supply is not known');
      return undefined;
    }
  }
}
