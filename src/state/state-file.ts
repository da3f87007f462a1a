import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describeError } from '../error.js';
import type { Log } from '../log.js';

/**
 * One JSON value that survives power cuts: written to a second file, synced, renamed over the first.
 * A file that can't be read is set aside under another name, and said.
 */
export class StateFile<T> {
  private writing: Promise<boolean> = Promise.resolve(true);
  private pending: string | undefined;

  constructor(
    private readonly path: string,
    private readonly log: Log,
  ) {}

  /** The value as last written; `fallback` where there is none, or where `accepts` says that it is something else. */
  read(fallback: T, accepts: (value: unknown) => value is T): T {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') this.warn('can not be read', error);
      return fallback;
    }
    try {
      const value: unknown = JSON.parse(text);
      if (accepts(value)) return value;
      throw new Error('it holds something else than expected');
    } catch (error) {
      this.setAside(error);
      return fallback;
    }
  }

  /** Writes a value; several in quick succession are one. Resolves with whether it is on the disk; a failure is logged. */
  write(value: T): Promise<boolean> {
    const scheduled = this.pending !== undefined;
    this.pending = `${JSON.stringify(value, null, 1)}\n`;
    if (!scheduled) this.writing = this.writing.then(() => this.flush());
    return this.writing;
  }

  /** Resolves once everything that was to be written is on the disk, or could not be written. */
  async settled(): Promise<void> {
    await this.writing;
  }

  private async flush(): Promise<boolean> {
    const text = this.pending ?? '';
    this.pending = undefined;
    const fresh = `${this.path}.new`;
    try {
      mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
      const file = await open(fresh, 'w', 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(fresh, this.path);
      // Without this the rename itself may be lost in a power cut.
      const folder = await open(dirname(this.path), 'r');
      await folder.sync().finally(() => folder.close());
      return true;
    } catch (error) {
      this.warn('can not be written; what it should remember is lost at the next start', error);
      return false;
    }
  }

  private setAside(cause: unknown): void {
    const aside = `${this.path}.broken`;
    try {
      renameSync(this.path, aside);
      this.warn(`is not usable and was set aside as ${aside}`, cause);
    } catch (error) {
      this.warn('is not usable and could not be set aside', error);
    }
  }

  private warn(what: string, error: unknown): void {
    this.log.warn({ file: this.path }, `the state file ${what}: ${describeError(error)}`);
  }
}
