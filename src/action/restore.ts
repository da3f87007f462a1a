import type { Clock } from '../clock.js';
import { idsIn, isSafe, type OutputPolicy, type Value } from '../device/point.js';
import { safeOutputs } from '../device/safe-outputs.js';
import type { Remembered } from '../state/output-memory.js';
import type { Health, Store } from '../state/store.js';
import { Deadlines } from './deadlines.js';
import type { OutputName } from './on-times.js';
import type { Outputs } from './outputs.js';

/** What brings wishes back is built from. */
export interface RestoreParts {
  readonly store: Store;
  readonly outputs: Pick<Outputs, 'verdict' | 'watch'>;
  readonly desired: Remembered;
  readonly clock: Clock;
  /** Commands an output as a phone would, past every rule. */
  wish(device: string, point: string, value: Value): void;
}

/** An output that was not seen at its safe value within this time after its device came is left there. */
const PATIENCE_MS = 10_000;

/** Brings back what was wished last, where an output's owner wants that: once its device is back and the output was seen safe. */
export class Restore {
  private readonly due: Deadlines;
  private readonly arrivals: Deadlines;
  /** While nobody can reach the bridge: outputs whose wishes come back when somebody can. */
  private postponed: Set<OutputName> | undefined;
  private readonly unsubscribe: () => void;

  constructor(private readonly parts: RestoreParts) {
    const { store, outputs, clock } = parts;
    this.due = new Deadlines(clock);
    this.arrivals = new Deadlines(clock);
    const hear = (device: string, points: readonly string[]) => {
      for (const point of points) this.look(device, point);
    };
    /** Whether it is the first connection of those that wait for approval. */
    const unapproved = new Map<string, boolean>();
    const health = (device: string, word: Health) => {
      const first = unapproved.get(device);
      unapproved.delete(device);
      if (first !== undefined && word !== 'offline') this.came(device, first);
    };
    const connected = (device: string, first: boolean) => {
      if (store.health(device) === 'unapproved') unapproved.set(device, first);
      else this.came(device, first);
    };
    this.unsubscribe = store.subscribe({
      changed: hear,
      heard: hear,
      health,
      connected,
    });
    // Whoever wants something of it now is not overruled by what was wanted before.
    outputs.watch((name) => this.due.cancel(name));
  }

  /** Brings an output's wish back as soon as it is seen at its safe value, which may be now. */
  begin(device: string, point: string): void {
    const name = `${device}.${point}`;
    if (this.parts.desired.of(name) === undefined) return;
    this.due.set(name, PATIENCE_MS, () => {});
    this.look(device, point);
  }

  /** Nobody can reach the bridge any more: only what is to stay on then comes back. */
  pause(): void {
    this.postponed ??= new Set();
  }

  /** Somebody can. */
  resume(): void {
    const names = this.postponed ?? [];
    this.postponed = undefined;
    for (const name of names) this.begin(...idsIn(name));
  }

  /** An emergency stop, or the end: nothing comes back. */
  clear(): void {
    this.due.close();
    this.arrivals.close();
  }

  close(): void {
    this.unsubscribe();
    this.clear();
  }

  private came(device: string, first: boolean): void {
    // The word of its health comes a moment before it takes commands.
    this.arrivals.set(device, 0, () => this.arrived(device, first));
  }

  private arrived(device: string, first: boolean): void {
    for (const { id, rules } of safeOutputs(this.parts.store, device)) {
      const policy: OutputPolicy | undefined = first ? rules?.onBoot : rules?.onDeviceLost;
      if (policy === 'restore') this.begin(device, id);
      else this.due.cancel(`${device}.${id}`);
    }
  }

  private look(device: string, point: string): void {
    const name: OutputName = `${device}.${point}`;
    const { store, outputs, desired } = this.parts;
    const spec = store.point(device, point)?.spec;
    if (!spec || !this.due.has(name)) return;
    const { onRelayLost = 'safe' } = spec.rules ?? {};
    if (this.postponed && onRelayLost !== 'hold') {
      this.due.cancel(name);
      if (onRelayLost === 'restore') this.postponed.add(name);
      return;
    }
    const said = store.said(device, point) ?? null;
    if (said === null || !isSafe(spec, said)) return;
    this.due.cancel(name);
    const value = desired.of(name);
    if (value === undefined || isSafe(spec, value)) return;
    const wait = outputs.verdict(device, spec, value)?.wait ?? 0;
    if (wait > 0) this.due.set(name, wait, () => this.begin(device, point));
    else this.parts.wish(device, point, value);
  }
}
