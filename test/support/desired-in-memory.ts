import type { Value } from '../../src/device/point.js';
import type { Remembered } from '../../src/state/output-memory.js';

/** Remembers until the process ends. */
export class DesiredInMemory implements Remembered {
  private readonly values = new Map<string, Value>();

  of(name: string): Value | undefined {
    return this.values.get(name);
  }

  note(name: string, value: Value | undefined): void {
    if (value === undefined) this.values.delete(name);
    else this.values.set(name, value);
  }

  forget(): void {
    this.values.clear();
  }
}
