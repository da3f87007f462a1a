import { BridgeError } from '../error.js';
import type { Files, ReadText } from '../port/kernel-files.js';
import type { FileRead } from './recording.js';

interface Waiting {
  resolve(text: string): void;
  reject(error: unknown): void;
  /** It is not to be given up any more. */
  free?(): void;
}

/** The files of a recording: a read takes as long as it took then, and gives what it gave. */
export class ReplayedFiles implements Files {
  private readonly waiting = new Map<string, Waiting[]>();
  /** What was read then before anybody asks for it now; the last of each. */
  private readonly early = new Map<string, FileRead>();

  reader(): ReadText {
    return (path, signal) =>
      new Promise((resolve, reject) => {
        const early = this.early.get(path);
        this.early.delete(path);
        if (early) return settle(early, { resolve, reject });
        const onAbort = () => {
          this.waiting.set(path, others());
          reject(signal.reason);
        };
        const free = () => signal.removeEventListener('abort', onAbort);
        const waiter: Waiting = { resolve, reject, free };
        const others = () => (this.waiting.get(path) ?? []).filter((other) => other !== waiter);
        this.waiting.set(path, [...others(), waiter]);
        signal.addEventListener('abort', onAbort, { once: true });
      });
  }

  /** Somebody read a file. */
  happen(read: FileRead): void {
    const [first, ...others] = this.waiting.get(read.file) ?? [];
    this.waiting.set(read.file, others);
    if (first) settle(read, first);
    else this.early.set(read.file, read);
  }
}

function settle(read: FileRead, { resolve, reject, free }: Waiting): void {
  free?.();
  if ('text' in read) resolve(read.text);
  else reject(new BridgeError(read.code, read.message));
}
