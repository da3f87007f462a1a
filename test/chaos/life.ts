import type { Clock, Timer } from '../../src/clock.js';
import { PatientClock } from './patient-clock.js';

/** Something that is to be done at a time. */
interface Due {
  readonly at: number;
  readonly fn: () => void;
  timer: Timer | undefined;
}

/** What a dead process still does is given so much of its own time. */
const REST_MS = 5_000;
const REST_STEP_MS = 100;

/** One life of a process: its time, and what comes to it from outside. It can be held for a while, and ended without a word. */
export class Life {
  readonly clock: Clock;
  private current: 'runs' | 'held' | 'over' = 'runs';
  private readonly due = new Set<Due>();
  /** What fell due and what came while it was held. */
  private readonly late: (() => void)[] = [];
  private readonly came: (() => void)[] = [];
  /** The same after it went on, as long as not all of it is done. */
  private backlog: (() => void)[] = [];
  /** Files that it still writes take real time: it would be out of its own before they are done, and leave its socket open. */
  private readonly rest = new PatientClock();
  private heldAt = 0;
  private heldBefore = 0;
  private seenAt: number | undefined;

  constructor(private readonly world: Clock) {
    this.clock = { now: () => this.now(), wall: () => world.wall(), after: (ms, fn) => this.after(ms, fn) };
  }

  get state(): 'runs' | 'held' | 'over' {
    return this.current;
  }

  /** Number of timers that are pending. */
  get timers(): number {
    return this.due.size;
  }

  /** Milliseconds for which it was held so far. */
  get heldMs(): number {
    return this.heldBefore + (this.current === 'held' ? this.world.now() - this.heldAt : 0);
  }

  /** When that came to the machine which is seen to now. */
  get arrivedAt(): number {
    return this.seenAt ?? this.world.now();
  }

  /** Something comes from outside: it is seen to at once, when the process goes on, or never. */
  pass(event: () => void): void {
    const at = this.world.now();
    const see = () => {
      this.seenAt = at;
      event();
      this.seenAt = undefined;
    };
    if (this.current === 'held') this.came.push(see);
    else if (this.backlog.length > 0) this.backlog.push(see);
    else if (this.current === 'runs') event();
  }

  /** Nothing is done any more, as after SIGSTOP. */
  hold(): void {
    if (this.current !== 'runs') return;
    this.current = 'held';
    this.heldAt = this.world.now();
    this.came.push(...this.backlog.splice(0));
  }

  /** Ends `hold`: timers that fell due and what came are seen to, one or the other first, as the kernel pleases. */
  goOn(timersFirst: boolean): void {
    if (this.current !== 'held') return;
    this.heldBefore = this.heldMs;
    this.current = 'runs';
    const [late, came] = [this.late.splice(0), this.came.splice(0)];
    this.backlog = timersFirst ? [...late, ...came] : [...came, ...late];
    this.next();
  }

  /** It is gone, as after SIGKILL: what it would still have done is done where nobody sees it. */
  end(): void {
    const now = this.world.now();
    this.current = 'over';
    this.heldAt = now;
    this.backlog = [];
    for (const due of this.due) {
      due.timer?.cancel();
      due.timer = this.rest.after(due.at - now, due.fn);
    }
    this.due.clear();
  }

  /** Lets a dead process do something to its end, and what it left undone too; the world's time has no part in that. */
  async lay(work: Promise<void>): Promise<void> {
    for (let ms = 0; ms < REST_MS; ms += REST_STEP_MS) await this.rest.advance(REST_STEP_MS);
    await work;
  }

  private now(): number {
    return this.current === 'over' ? this.heldAt + this.rest.now() : this.world.now();
  }

  private after(ms: number, fn: () => void): Timer {
    if (this.current === 'over') return this.rest.after(ms, fn);
    const due: Due = { at: this.world.now() + Math.max(0, ms), fn, timer: undefined };
    const run = () => {
      if (this.due.delete(due)) fn();
    };
    due.timer = this.world.after(ms, () => {
      if (this.current === 'held') this.late.push(run);
      else this.pass(run);
    });
    this.due.add(due);
    return {
      cancel: () => {
        this.due.delete(due);
        due.timer?.cancel();
      },
    };
  }

  private next(): void {
    if (this.backlog.length === 0) return;
    this.world.after(0, () => {
      if (this.current === 'runs') this.backlog.shift()?.();
      this.next();
    });
  }
}
