import { readFileSync } from 'node:fs';
import { link, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describeError } from '../error.js';
import type { Log } from '../log.js';
import { closeToOthers } from '../private-file.js';
import { makeFolder } from './make-folder.js';
import { setAside } from './set-aside.js';

/** What this program writes into every state file as `version`; to be raised when what is in one of them changes its meaning. */
export const STATE_VERSION = 1;

/** `orNothing`: where it can't be written, what is there is taken away. */
interface Pending {
  text: string;
  orNothing: boolean;
}

/**
 * One JSON object that survives power cuts: written to a second file, synced, renamed over the first. A file that can't be
 * used, or comes from a newer program, is kept under another name too, and said; the object before it is taken instead.
 */
export class StateFile<T extends object> {
  private writing: Promise<boolean> = Promise.resolve(true);
  /** What is to be written once everything before it was. */
  private pending: Pending | undefined;
  private onDisk: string | undefined;
  /** The last write failed, or hangs. */
  failing = false;
  /** Writes that failed or hung, and files that were set aside. */
  failures = 0;
  setAsides = 0;
  /** What is in its place can't be used, and is not worth being the one before. */
  private spoiled = false;
  /** It could not even be taken away, as was said. */
  private sticks = false;
  /** What was taken instead. */
  private taken: T | undefined;

  constructor(
    private readonly path: string,
    private readonly log: Log,
  ) {}

  /**
   * The value as last written, or the one before if that one can't be used; `fallback` where there is neither. With `inDoubt`,
   * that is taken instead whenever there is a file that can't be used. Nothing on the disk is changed by that but who may read it.
   */
  read<Fallback>(fallback: Fallback, accepts: (value: unknown) => value is T, inDoubt?: T): T | Fallback {
    const advice = 'Delete it if one of them may have changed it';
    for (const path of [this.path, this.previous]) closeToOthers(path, this.log, advice);
    try {
      return this.parse(this.path, accepts) ?? fallback;
    } catch (error) {
      this.spoiled = true;
      const isBroken = !isUnreadable(error);
      if (isBroken) this.setAside(error);
      else this.warn('can not be read', error);
      const taken = inDoubt ?? this.readPrevious(accepts);
      // What can't be read may be good all the same, and is left alone until there is something new.
      if (isBroken) this.taken = taken;
      return taken ?? fallback;
    }
  }

  /** Writes what was taken in place of a file that can't be used, unless something else was written since. */
  async mend(): Promise<void> {
    if (this.taken) await this.write(this.taken);
  }

  /** Writes a value; several in quick succession are one. Resolves with whether it is on the disk; failures in a row are one warning. */
  write(value: T): Promise<boolean> {
    return this.schedule(value, false);
  }

  /** The same, but what is there is worse than nothing: it is taken away where the value can't be written, as on a full disk. */
  writeOrRemove(value: T): Promise<boolean> {
    return this.schedule(value, true);
  }

  /** Resolves once everything that was to be written is on the disk, or could not be written. */
  async settled(): Promise<void> {
    await this.writing;
  }

  /** A write takes long. */
  hangs(): void {
    this.failed('is not written: the disk does not answer; what it should remember is lost at the next start');
  }

  private schedule(value: T, orNothing: boolean): Promise<boolean> {
    const text = `${JSON.stringify({ version: STATE_VERSION, ...value }, null, 1)}\n`;
    this.taken = undefined;
    if (this.pending) {
      this.pending.text = text;
      this.pending.orNothing ||= orNothing;
    } else {
      this.pending = { text, orNothing };
      // One after the other: what takes away must not meet what was written later.
      this.writing = this.writing.then(() => this.flush());
    }
    return this.writing;
  }

  private async flush(): Promise<boolean> {
    const { text = '', orNothing = false } = this.pending ?? {};
    this.pending = undefined;
    const written = await this.put(text);
    if (!written && orNothing) await this.remove();
    return written;
  }

  /** Takes away what can't be replaced; where even that fails, the next write replaces it. */
  private async remove(): Promise<void> {
    this.onDisk = undefined;
    try {
      for (const path of [this.path, this.previous]) await rm(path, { force: true });
      await this.syncFolder();
    } catch (error) {
      if (!this.sticks) this.warn('can not be taken away either', error);
      this.sticks = true;
    }
  }

  private async put(text: string): Promise<boolean> {
    if (text === this.onDisk) return this.succeeded();
    const fresh = `${this.path}.new`;
    try {
      makeFolder(dirname(this.path));
      // Whatever is in its place, a link to elsewhere too, must not get what is written.
      await rm(fresh, { force: true });
      const file = await open(fresh, 'wx', 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      // Should the folder not be synced below, nobody knows what is on the disk.
      this.onDisk = undefined;
      if (!this.spoiled) await this.keepPrevious();
      await rename(fresh, this.path);
      this.spoiled = false;
      await this.syncFolder();
      this.onDisk = text;
      return this.succeeded();
    } catch (error) {
      this.failed(`can not be written; what it should remember is lost at the next start: ${describeError(error)}`);
      return false;
    }
  }

  /** Without this what was renamed or taken away may be as it was after a power cut. */
  private async syncFolder(): Promise<void> {
    const folder = await open(dirname(this.path), 'r');
    await folder.sync().finally(() => folder.close());
  }

  private succeeded(): true {
    if (this.failing) this.log.info({ file: this.path }, 'the state file can be written again');
    this.failing = false;
    this.sticks = false;
    return true;
  }

  private failed(what: string): void {
    this.failures++;
    if (!this.failing) this.log.warn({ file: this.path }, `the state file ${what}`);
    this.failing = true;
  }

  /** The file stays in its place all the while: its other name is a second link to it. */
  private async keepPrevious(): Promise<void> {
    const draft = `${this.previous}.new`;
    await rm(draft, { force: true });
    try {
      await link(this.path, draft);
    } catch (error) {
      // Nothing was written yet, or the file system (FAT) has no links and so keeps no previous copy.
      if (['ENOENT', 'EPERM', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) return;
      throw error;
    }
    await rename(draft, this.previous);
  }

  private get previous(): string {
    return `${this.path}.previous`;
  }

  private readPrevious(accepts: (value: unknown) => value is T): T | undefined {
    try {
      const value = this.parse(this.previous, accepts);
      if (value !== undefined) this.log.warn({ file: this.previous }, 'the state before that one is used');
      return value;
    } catch (error) {
      if (error instanceof Newer) return undefined;
      this.log.warn({ file: this.previous }, `the state before that one is not usable either: ${describeError(error)}`);
      return undefined;
    }
  }

  /** What a file holds; undefined where there is none. */
  private parse(path: string, accepts: (value: unknown) => value is T): T | undefined {
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    // Files of before there were versions are of the first one.
    const { version = 1, ...value } = (parsed(text) ?? {}) as { version?: unknown };
    if (Number.isInteger(version) && Number(version) > STATE_VERSION) throw new Newer(Number(version));
    if (version !== STATE_VERSION || !accepts(value)) throw new Error('it holds something else than expected');
    return value;
  }

  private setAside(cause: unknown): void {
    const [as, what] = cause instanceof Newer ? NEWER : BROKEN;
    this.setAsides++;
    try {
      this.warn(`${what} and was set aside as ${setAside(this.path, as)}`, cause);
    } catch (error) {
      this.warn(`${what} and could not be set aside`, error);
    }
  }

  private warn(what: string, error: unknown): void {
    this.log.warn({ file: this.path }, `the state file ${what}: ${describeError(error)}`);
  }
}

const NEWER = ['newer', 'is of a newer carter-bridge'] as const;
const BROKEN = ['broken', 'is not usable'] as const;

/** What a file holds. The parser's own words would quote it, and there are secrets in such files. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is not JSON');
  }
}

/** A file that this program is too old for. */
class Newer extends Error {
  constructor(version: number) {
    super(
      `it has version ${version}, this program knows ${STATE_VERSION}; to use it, rename it back for the newer program`,
    );
  }
}

/** Whether the disk said no, which leaves the file as it is, rather than its contents being wrong. */
function isUnreadable(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).syscall !== undefined;
}
