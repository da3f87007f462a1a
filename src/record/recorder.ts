import { createWriteStream, type WriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Clock } from '../clock.js';
import { BridgeError, describeError } from '../error.js';
import type { Log } from '../log.js';
import { entryLine, type Happening, headLine, type RecordingHead } from './recording.js';

/** What recording needs. */
export interface RecorderParts {
  readonly path: string;
  /** Bytes that the file may have. */
  readonly limit: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Bytes that may wait for a slow disk. */
const MAX_WAITING = 4 * 1024 * 1024;

/**
 * Writes what happens to a file, a line each, in the order in which it happens. It ends by itself, and says so, at its
 * limit and where the disk is full or too slow: what is recorded goes on all the same.
 */
export class Recorder {
  private size = 0;
  private over = false;

  private constructor(
    private readonly parts: RecorderParts,
    private readonly file: WriteStream,
  ) {
    file.on('error', (error) => this.end(describeError(error)));
  }

  /** Begins a file that is nobody else's to read. Throws `record/exists` or `record/unwritable`. */
  static async begin(parts: RecorderParts, head: RecordingHead): Promise<Recorder> {
    const handle = await open(parts.path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') {
        throw new BridgeError('record/unwritable', `can't write ${parts.path}: ${error.code}`, { cause: error });
      }
      const hint = 'recordings are not overwritten; choose another name';
      throw new BridgeError('record/exists', `${parts.path} is there already`, { hint });
    });
    const recorder = new Recorder(parts, createWriteStream(parts.path, { fd: handle }));
    recorder.write(headLine(parts.clock.now(), head));
    return recorder;
  }

  /** Notes something that happens now. */
  note(happening: Happening): void {
    if (!this.over) this.write(entryLine({ t: this.parts.clock.now(), ...happening }));
  }

  /** Resolves when all that was noted is in the file, or could not be written. */
  async close(): Promise<void> {
    this.over = true;
    if (this.file.closed) return;
    await new Promise<void>((resolve) => {
      this.file.once('close', resolve);
      this.file.end();
    });
  }

  private write(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    if (this.size + bytes.length > this.parts.limit) this.end(`it has ${this.size} bytes, as many as it may`);
    else if (this.file.writableLength > MAX_WAITING) this.end('the disk is too slow');
    else {
      this.size += bytes.length;
      this.file.write(bytes);
    }
  }

  private end(why: string): void {
    if (this.over) return;
    this.over = true;
    this.parts.log.warn({ file: this.parts.path }, `the recording ends here: ${why}`);
    this.file.end();
  }
}
