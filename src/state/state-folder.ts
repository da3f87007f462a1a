import { join } from 'node:path';
import type { Log } from '../log.js';
import { StateFile } from './state-file.js';

/** What became of one file since the start. */
export interface FileReport {
  readonly file: string;
  /** It could not be written the last time. */
  readonly failing: boolean;
  readonly failures: number;
  readonly setAsides: number;
}

/** The files in which one bridge remembers things, one object for each. */
export class StateFolder {
  private readonly files = new Map<string, StateFile<never>>();

  constructor(
    private readonly path: string,
    private readonly log: Log,
  ) {}

  /** The file of this name, of which nothing else may be written. */
  file<T extends object>(name: string): StateFile<T> {
    const file = this.files.get(name) ?? new StateFile<never>(join(this.path, name), this.log);
    this.files.set(name, file);
    return file as unknown as StateFile<T>;
  }

  /** What became of each file. */
  report(): FileReport[] {
    return [...this.files].map(([file, { failing, failures, setAsides }]) => ({ file, failing, failures, setAsides }));
  }

  /** Writes back what was taken in place of files that can't be used. To be called once no other bridge uses the folder. */
  async mend(): Promise<void> {
    await Promise.all([...this.files.values()].map((file) => file.mend()));
  }
}
