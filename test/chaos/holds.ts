import type { Clock } from '../../src/clock.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import type { Told } from './dialect.js';
import type { Ledger } from './ledger.js';
import type { OwnedOutput } from './wishes.js';

/** Whoever lets go of a button, or is gone, has what it moved stand still within this time. */
const RELEASED_MS = 1_000;

/** What the judge of held buttons knows of the world. */
export interface HoldsParts {
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly outputs: readonly OwnedOutput[];
  readonly slackMs: number;
  isOn(output: OwnedOutput): boolean;
  /** Whether neither the device nor the bridge was in trouble for so many milliseconds. */
  isWell(device: string, ms: number): boolean;
}

/** Sees that nothing goes on moving that somebody has to hold a button for. */
export class Holds {
  private readonly signs = new Map<string, number>();

  constructor(private readonly parts: HoldsParts) {}

  /** A broadcast came to the bridge. */
  came({ msg_type, dev, point, value, held }: JsonObject): void {
    const holds = (msg_type === 'rig.cmd' && value !== false) || (msg_type === 'rig.hold' && held !== false);
    if (holds) this.sign(dev, point);
  }

  /** The bridge switches it on: whoever taps too much has his last wish wait for its turn. */
  told(device: string, told: Told): void {
    if (told.kind === 'set' && !told.isSafe) this.sign(device, told.point);
  }

  private sign(device: unknown, point: unknown): void {
    const output = this.parts.outputs.find((known) => known.held && known.device === device && known.point === point);
    if (!output) return;
    const name = `${output.device}.${output.point}`;
    const sign = (this.signs.get(name) ?? 0) + 1;
    this.signs.set(name, sign);
    const { clock, ledger, isOn, isWell, slackMs } = this.parts;
    const ms = RELEASED_MS + slackMs;
    clock.after(ms, () => {
      if (this.signs.get(name) !== sign || !isOn(output) || !isWell(output.device, ms)) return;
      ledger.violate(`${name} is on ${ms} ms after anybody held its button`);
    });
  }
}
