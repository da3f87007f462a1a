import type { ObjectFile } from './kept-file.js';

/** What is remembered of the emergency stop. */
export interface LatchRecord {
  readonly latched: boolean;
}

/** A latch that a restart does not open. In doubt, as when its file can't be read, it is closed. */
export class Latch {
  private record: LatchRecord;

  constructor(private readonly file: ObjectFile<LatchRecord>) {
    this.record = file.read({ latched: false }, isRecord, { latched: true });
  }

  get closed(): boolean {
    return this.record.latched;
  }

  /** Closes or opens the latch, and begins at once to write that down; resolves with whether it is on the disk. */
  set(latched: boolean): Promise<boolean> {
    this.record = { latched };
    return this.file.write(this.record);
  }

  /** Resolves once the latch is on the disk as it is now, or could not be written. */
  async settled(): Promise<void> {
    await this.file.settled();
  }
}

function isRecord(value: unknown): value is LatchRecord {
  return typeof (value as Partial<LatchRecord> | null)?.latched === 'boolean';
}
