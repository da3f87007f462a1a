import type { Value } from '../device/point.js';
import type { OutputName } from './on-times.js';

/** What was wished of each output last and carried out: what `restore` brings back. */
export interface Desired {
  /** Undefined where nothing is to come back. */
  of(name: OutputName): Value | undefined;
  /** `undefined`: the bridge itself put it to its safe value. */
  note(name: OutputName, value: Value | undefined): void;
  /** An emergency stop: nothing comes back. */
  forget(): void;
}

/** Remembers until the process ends. */
export class DesiredInMemory implements Desired {
  private readonly values = new Map<OutputName, Value>();

  of(name: OutputName): Value | undefined {
    return this.values.get(name);
  }

  note(name: OutputName, value: Value | undefined): void {
    if (value === undefined) this.values.delete(name);
    else this.values.set(name, value);
  }

  forget(): void {
    this.values.clear();
  }
}
