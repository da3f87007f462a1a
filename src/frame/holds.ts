/** What a point is now; null: nobody knows, undefined: there is no such point. */
type Read = (device: string, point: string) => unknown;

/** What holds are made of. */
export interface HoldsParts {
  read: Read;
  /** A hold ended: the point is to be said, changed or not. */
  ended(device: string, point: string, atOnce: boolean): void;
}

/** A point that commands are under way for. */
interface Held {
  readonly device: string;
  readonly point: string;
  commands: number;
  /** The value when the first of them began, or that one of them brought about. */
  shown: unknown;
  /** The outcome that `shown` is from: a later one counts, in whatever order the answers leave. */
  outcome: number;
}

/** A command under way, whose point is not said anew before its answer. It ends once; what comes after that changes nothing. */
export interface Hold {
  /**
   * The command ended, with the value that the device confirmed, or with none. Returns what is to be called once the answer has
   * left: the point is then said at once; while other commands are under way, as this value.
   */
  answered(value?: unknown): () => void;
  /** It ended, and nobody waits for an answer: what the point became is said at the usual pace. */
  release(value?: unknown): void;
}

/** Keeps back what points become by commands until these are answered; until then they are what they were, or unknown. */
export class Holds {
  private readonly held = new Map<string, Held>();
  private outcomes = 0;

  constructor(private readonly parts: HoldsParts) {}

  /** A command for a point begins. Of a point that does not exist there is nothing to keep back. */
  begin(device: string, point: string): Hold {
    const name = `${device}.${point}`;
    let held = this.held.get(name);
    if (!held) {
      const shown = this.parts.read(device, point);
      if (shown === undefined) return NOTHING;
      held = { device, point, commands: 0, shown, outcome: 0 };
      this.held.set(name, held);
    }
    held.commands++;
    return this.hold(held);
  }

  /** Whether a command for the point is under way. */
  has(device: string, point: string): boolean {
    return this.of(device, point) !== undefined;
  }

  /** Whether a change of the point is to be kept back. One that was lost is not: what it did before is no answer to what it is. */
  keepsBack(device: string, point: string): boolean {
    const held = this.of(device, point);
    if (!held) return false;
    if (this.parts.read(device, point) !== null) return true;
    this.begunAnew(held);
    return false;
  }

  /** What is to be said of a point that has a value. */
  shown(device: string, point: string, value: unknown): unknown {
    const held = value === null ? undefined : this.of(device, point);
    return held ? held.shown : value;
  }

  /** A device has other points: what they are now is said, and no outcome from before counts. */
  relist(device: string): void {
    for (const held of this.held.values()) if (held.device === device) this.begunAnew(held);
  }

  /** Of each point of each frame this is asked, and mostly there are none. */
  private of(device: string, point: string): Held | undefined {
    return this.held.size > 0 ? this.held.get(`${device}.${point}`) : undefined;
  }

  private hold(held: Held): Hold {
    let open = true;
    const end = (value: unknown, outcome: number, atOnce: boolean) => {
      if (!open) return;
      open = false;
      held.commands--;
      if (held.commands === 0) this.held.delete(`${held.device}.${held.point}`);
      else if (value !== undefined && outcome > held.outcome) {
        held.shown = value;
        held.outcome = outcome;
      }
      this.parts.ended(held.device, held.point, atOnce);
    };
    return {
      answered: (value) => {
        const outcome = ++this.outcomes;
        return () => end(value, outcome, true);
      },
      release: (value) => end(value, ++this.outcomes, false),
    };
  }

  private begunAnew(held: Held): void {
    held.shown = this.parts.read(held.device, held.point);
    held.outcome = ++this.outcomes;
  }
}

const NOTHING: Hold = { answered: () => () => {}, release: () => {} };
