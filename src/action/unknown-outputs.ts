import type { Config } from '../config/schema.js';
import { outputOptionsOf } from '../device/output-options.js';
import { idsIn } from '../device/point.js';
import type { Log } from '../log.js';
import type { Store } from '../state/store.js';
import type { OutputName } from './on-times.js';

/** Says, once each, which outputs the config names that a device does not have: a misspelt rule holds for nothing. */
export class UnknownOutputs {
  private readonly told = new Set<OutputName>();

  constructor(
    private readonly store: Store,
    private readonly log: Log,
  ) {}

  /** A device was connected, so that it is known what it has. */
  look(device: string, { devices, safety }: Pick<Config, 'devices' | 'safety'>): void {
    const ruled = [...outputOptionsOf(devices.get(device)?.options).keys()].map((point) => `${device}.${point}`);
    const locked = safety.interlocks.flatMap(({ outputs }) => outputs).filter((name) => idsIn(name)[0] === device);
    for (const output of new Set([...ruled, ...locked])) {
      if (this.told.has(output) || this.store.point(...idsIn(output))) continue;
      this.told.add(output);
      const others = [...this.store.points(device).keys()].join(', ');
      this.log.warn({ output }, `the config has rules for ${output}, which is not there; ${device} has: ${others}`);
    }
  }
}
