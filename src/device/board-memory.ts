import type { StateFile } from '../state/state-file.js';

/** What is remembered of boards from start to start. */
export interface BoardRecord {
  /** Which board belongs to which device of the config: the board's marks by device id. */
  readonly joined: { readonly [device: string]: string };
  /** Marks of boards whose outputs their owner has approved. */
  readonly approved: readonly string[];
}

/** Remembers which board is which, and which ones may be switched. */
export class BoardMemory {
  private record: BoardRecord;

  constructor(private readonly file: StateFile<BoardRecord>) {
    this.record = file.read({ joined: {}, approved: [] }, isRecord);
  }

  /** The board that belongs to a device of the config. */
  boardOf(device: string): string | undefined {
    return Object.hasOwn(this.record.joined, device) ? this.record.joined[device] : undefined;
  }

  join(device: string, mark: string): void {
    if (this.boardOf(device) === mark) return;
    this.record = { ...this.record, joined: { ...this.record.joined, [device]: mark } };
    void this.file.write(this.record);
  }

  isApproved(mark: string): boolean {
    return this.record.approved.includes(mark);
  }

  /** Resolves when it is on the disk. */
  async approve(mark: string): Promise<void> {
    if (this.isApproved(mark)) return;
    this.record = { ...this.record, approved: [...this.record.approved, mark] };
    await this.file.write(this.record);
  }
}

function isRecord(value: unknown): value is BoardRecord {
  const { joined, approved } = (value ?? {}) as { joined?: unknown; approved?: unknown };
  const isText = (item: unknown) => typeof item === 'string';
  return (
    typeof joined === 'object' &&
    joined !== null &&
    Object.values(joined).every(isText) &&
    Array.isArray(approved) &&
    approved.every(isText)
  );
}
