import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import type { Ports } from '../port/ports.js';
import type { SerialPortEntry } from '../port/serial-path.js';

/** What a welcome for new boards is made from. */
export interface WelcomeParts {
  readonly ports: Pick<Ports, 'list'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** For a while, boards that are plugged in for the first time are approved. */
export class Welcome {
  private until = Number.NEGATIVE_INFINITY;
  /** Where something was plugged in when it began: a board there can start anew under another name at any time. */
  private taken: ReadonlySet<string> = new Set();
  private approved: (device: string) => void = () => {};

  constructor(private readonly parts: WelcomeParts) {}

  /** Begins, for `ms` from now, and tells `approved` of each board; 0 ends it. */
  open(ms: number, approved: (device: string) => void = () => {}): void {
    const { ports, clock, log } = this.parts;
    this.approved = approved;
    this.taken = new Set(ports.list().map(socketOf));
    this.until = clock.now() + ms;
    log.warn({ seconds: ms / 1000 }, 'new boards that are plugged in now are approved');
  }

  /** Whether it is for a board at this port. */
  isFor(port: SerialPortEntry): boolean {
    return this.parts.clock.now() < this.until && !this.taken.has(socketOf(port));
  }

  /** A board was approved by it. */
  note(device: string): void {
    this.approved(device);
  }
}

function socketOf({ path, byPath }: SerialPortEntry): string {
  return byPath ?? path;
}
