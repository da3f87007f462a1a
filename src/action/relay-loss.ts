import type { Clock, Timer } from '../clock.js';
import { safeOutputs } from '../device/safe-outputs.js';
import type { Log } from '../log.js';
import type { Store } from '../state/store.js';
import type { Outputs } from './outputs.js';
import type { Restore } from './restore.js';

/** What the watch over the relay is built from. */
export interface RelayLossParts {
  readonly store: Store;
  readonly outputs: Pick<Outputs, 'isAtRest' | 'release' | 'suspend'>;
  readonly restore: Pick<Restore, 'begin' | 'pause' | 'resume'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Milliseconds without a relay before anything is done about it. */
  readonly grace: number;
}

/** Nobody can reach the bridge any more: outputs go where their owners want them. */
export class RelayLoss {
  private timer: Timer | undefined;

  constructor(private readonly parts: RelayLossParts) {}

  /** The relay is gone, or is gone still. */
  down(): void {
    this.timer ??= this.parts.clock.after(this.parts.grace, () => this.lost());
  }

  /** The relay is back. */
  up(): void {
    this.close();
    this.parts.restore.resume();
  }

  close(): void {
    this.timer?.cancel();
    this.timer = undefined;
  }

  private lost(): void {
    const { store, outputs, restore, log } = this.parts;
    restore.pause();
    for (const device of store.devices()) {
      for (const spec of safeOutputs(store, device)) {
        const policy = spec.rules?.onRelayLost ?? 'safe';
        const name = `${device}.${spec.id}`;
        if (policy === 'hold' || outputs.isAtRest(name)) continue;
        log.warn({ output: name }, 'no relay: put to its safe value');
        if (policy === 'safe') outputs.release(name);
        else {
          outputs.suspend(name);
          restore.begin(device, spec.id);
        }
      }
    }
  }
}
