import type { SysfsTree } from './sysfs-tree.js';

/** Inputs as onoff has them, on a made-up tree: configured in its constructor, silent about what did not take. */
export function madeUpOnoff(tree: SysfsTree) {
  const inputs = new Map<number, { changed?: (error: unknown, value: 0 | 1) => void; read: () => 0 | 1 }>();
  class Gpio {
    constructor(
      readonly number: number,
      direction: string,
      edge: string,
    ) {
      tree.write(`${tree.gpio}/gpio${number}/direction`, direction);
      tree.write(`${tree.gpio}/gpio${number}/edge`, edge);
      inputs.set(number, { read: () => this.readSync() });
    }

    readSync(): 0 | 1 {
      const value = tree.read(`gpio${this.number}/value`);
      if (value === undefined) throw Object.assign(new Error('gone'), { code: 'ENODEV' });
      return value === '1' ? 1 : 0;
    }

    watch(changed: (error: unknown, value: 0 | 1) => void): void {
      const input = inputs.get(this.number);
      if (input) input.changed = changed;
    }

    unexport(): void {
      inputs.delete(this.number);
      tree.write(`${tree.gpio}/unexport`, String(this.number));
    }
  }
  return {
    load: () => Promise.resolve({ Gpio }),
    /** The level of an input changes; onoff reads it and tells. */
    set(number: number, high: boolean): void {
      tree.write(`${tree.gpio}/gpio${number}/value`, high ? '1' : '0');
      const input = inputs.get(number);
      input?.changed?.(undefined, input.read());
    },
    /** An edge comes while the chip is gone. */
    edge(number: number): void {
      const input = inputs.get(number);
      input?.changed?.(undefined, input.read());
    },
  };
}
