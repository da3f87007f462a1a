import type { Clock } from '../clock.js';
import { isValue, type Value } from '../device/point.js';
import { isMap } from './is-map.js';
import { type Interval, PacedFile } from './paced-file.js';
import type { StateFile } from './state-file.js';

/** What outputs (`device.point`) were last put to on somebody's wish: what those come back to whose policy is `restore`. */
export interface Remembered {
  /** The last wish; undefined where nothing is to come back. It was allowed when it was noted, and need not be so any more. */
  of(output: string): Value | undefined;
  /** Notes a wish that the device confirmed; undefined: it is to be at its safe value, by whomever, and nothing comes back. */
  note(output: string, wish: Value | undefined): void;
  /** Forgets all wishes, for good: after an emergency stop nothing comes back by itself. */
  forget(): void;
}

/** The wishes of all outputs by `device.point`, as a file has them. */
export interface OutputRecord {
  readonly outputs: { readonly [output: string]: Value };
}

/** What an output memory is built from. */
export interface OutputMemoryParts {
  file: StateFile<OutputRecord>;
  /** Whether anybody will ask for the wish of this output (`device.point`); of others nothing is kept. */
  isKept(output: string): boolean;
  clock: Clock;
  intervalMs: Interval;
}

/** Remembers the wishes over restarts. */
export class OutputMemory implements Remembered {
  private readonly wishes: Map<string, Value>;
  private readonly paced: PacedFile<OutputRecord>;
  /** The file may name what is not wished any more. */
  private lapsed = false;

  constructor(private readonly parts: OutputMemoryParts) {
    // In doubt nothing comes back: the one before may name what was switched off since.
    const { outputs } = parts.file.read({ outputs: {} }, isRecord, { outputs: {} });
    this.wishes = new Map(Object.entries(outputs).filter(([output]) => parts.isKept(output)));
    this.paced = new PacedFile({
      ...parts,
      file: {
        write: (record) => this.write(record),
        settled: () => parts.file.settled(),
        hangs: () => parts.file.hangs(),
      },
      take: () => ({ outputs: Object.fromEntries(this.wishes) }),
    });
  }

  of(output: string): Value | undefined {
    return this.wishes.get(output);
  }

  note(output: string, wish: Value | undefined): void {
    if (!this.parts.isKept(output) || this.wishes.get(output) === wish) return;
    if (wish === undefined) {
      this.wishes.delete(output);
      this.drop();
    } else {
      this.wishes.set(output, wish);
      this.paced.changed();
    }
  }

  /** Other outputs are kept than before: the wishes of those that are not any more are forgotten. */
  review(): void {
    for (const output of [...this.wishes.keys()].filter((output) => !this.parts.isKept(output))) {
      this.wishes.delete(output);
      this.paced.changed();
    }
  }

  forget(): void {
    if (this.wishes.size === 0 && !this.lapsed) return;
    this.wishes.clear();
    this.drop();
  }

  /** Writes what still waits; nothing is written afterwards. */
  async close(): Promise<void> {
    await this.paced.close();
  }

  /** At once, as what is not wished any more would come back after a power cut. */
  private drop(): void {
    this.lapsed = true;
    void this.paced.write();
  }

  private async write(record: OutputRecord): Promise<boolean> {
    const { file } = this.parts;
    const { lapsed } = this;
    this.lapsed = false;
    // That takes the other wishes along: in doubt nothing comes back.
    const written = await (lapsed ? file.writeOrRemove(record) : file.write(record));
    this.lapsed ||= lapsed && !written;
    return written;
  }
}

function isRecord(value: unknown): value is OutputRecord {
  return isMap((value as Partial<OutputRecord>).outputs, isValue);
}
