import type { Clock, Timer } from '../clock.js';
import { type SafeOutput, safeOutputs } from '../device/safe-outputs.js';
import { READ_BACK_MS } from '../device/safe-start.js';
import type { Log } from '../log.js';
import type { Store } from '../state/store.js';
import { Deadlines } from './deadlines.js';
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

/** Nobody can reach the bridge any more: outputs go where their owners want them, those too that are found on later. */
export class RelayLoss {
  private timer: Timer | undefined;
  private isLost = false;
  /** Devices that came while the relay was lost, until all their outputs had the time to say what they are. */
  private readonly arrivals: Deadlines;
  private readonly unsubscribe: () => void;

  constructor(private readonly parts: RelayLossParts) {
    this.arrivals = new Deadlines(parts.clock);
    this.unsubscribe = parts.store.subscribe({ connected: (device) => this.came(device) });
  }

  /** The relay is gone, or is gone still. */
  down(): void {
    this.timer ??= this.parts.clock.after(this.parts.grace, () => this.lost());
  }

  /** The relay is back. */
  up(): void {
    this.settle();
    this.parts.restore.resume();
  }

  close(): void {
    this.unsubscribe();
    this.settle();
  }

  private settle(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.isLost = false;
    this.arrivals.close();
  }

  private lost(): void {
    const { store, restore } = this.parts;
    this.isLost = true;
    restore.pause();
    for (const device of store.devices()) this.leave(device, safeOutputs(store, device));
  }

  private came(device: string): void {
    if (!this.isLost) return;
    const { store } = this.parts;
    const isUnread = ({ id }: SafeOutput) => (store.said(device, id) ?? null) === null;
    this.leave(
      device,
      safeOutputs(store, device).filter((spec) => !isUnread(spec)),
    );
    this.arrivals.set(device, READ_BACK_MS, () => this.leave(device, safeOutputs(store, device)));
  }

  /** Outputs of a device that nobody can reach. */
  private leave(device: string, specs: readonly SafeOutput[]): void {
    const { outputs, restore, log } = this.parts;
    for (const spec of specs) {
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
