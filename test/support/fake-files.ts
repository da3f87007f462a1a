import { type Clock, sleep } from '../../src/clock.js';
import type { SimulatorFiles } from '../../src/device/driver-kind.js';
import { BridgeError } from '../../src/error.js';

/** Files in memory below `/fake`, with trouble that a test switches on; read as the kernel's are. */
export class FakeFiles implements SimulatorFiles {
  /** Milliseconds that each read of a path takes; none where absent. */
  readonly slow = new Map<string, number>();
  /** Error code with which reads of a path fail. */
  readonly failing = new Map<string, string>();
  /** Paths that were read, in order. */
  readonly reads: string[] = [];
  private readonly texts = new Map<string, string>();
  private reading = 0;
  /** Most reads that were under way at the same time. */
  most = 0;

  constructor(private readonly clock: Clock) {}

  write(path: string, text: string): void {
    this.texts.set(path, text);
  }

  remove(path: string): void {
    for (const key of [...this.texts.keys()]) if (key === path || key.startsWith(`${path}/`)) this.texts.delete(key);
  }

  async read(absolute: string, signal: AbortSignal): Promise<string> {
    const path = absolute.replace(/^\/fake\//, '');
    this.reads.push(path);
    this.most = Math.max(this.most, ++this.reading);
    try {
      const ms = this.slow.get(path);
      if (ms !== undefined) await sleep(this.clock, ms, signal);
      const code = this.failing.get(path);
      const text = this.texts.get(path);
      if (code !== undefined) throw new BridgeError(code, `${path} fails`);
      if (text === undefined) throw new BridgeError('file/missing', `${path} is not there`);
      return text;
    } finally {
      this.reading--;
    }
  }
}
