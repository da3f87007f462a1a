import type { Clock } from '../clock.js';
import { isSafe, type OutputPolicy, type PointSpec, type Value } from '../device/point.js';
import { safeOutputs } from '../device/safe-outputs.js';
import type { Remembered } from '../state/output-memory.js';
import type { Health, Store } from '../state/store.js';
import { Deadlines } from './deadlines.js';
import type { OutputName } from './on-times.js';

/** What brings wishes back is built from. */
export interface RestoreParts {
  readonly store: Store;
  readonly desired: Remembered;
  readonly clock: Clock;
  /** Commands an output as a phone would, past every rule. */
  wish(device: string, point: string, value: Value): void;
}

/** An output that was not seen at its safe value within this time after its device came is left there. */
const PATIENCE_MS = 10_000;

/** Brings back what was wished last, where an output's owner wants that: once its device is back and the output was seen safe. */
export class Restore {
  /** Devices that were connected since the start. */
  private readonly known = new Set<string>();
  private readonly health = new Map<string, Health>();
  private readonly due: Deadlines;
  private readonly arrivals: Deadlines;
  private readonly unsubscribe: () => void;

  constructor(private readonly parts: RestoreParts) {
    this.due = new Deadlines(parts.clock);
    this.arrivals = new Deadlines(parts.clock);
    const hear = (device: string, points: readonly string[]) => {
      for (const point of points) this.look(device, point);
    };
    this.unsubscribe = parts.store.subscribe({
      changed: hear,
      heard: hear,
      health: (device, health) => this.turned(device, health),
    });
  }

  /** Brings an output's wish back as soon as it is seen at its safe value, which may be now. */
  begin(device: string, point: string): void {
    const name = `${device}.${point}`;
    if (this.parts.desired.of(name) === undefined) return;
    this.due.set(name, PATIENCE_MS, () => {});
    this.look(device, point);
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

  private turned(device: string, health: Health): void {
    const before = this.health.get(device) ?? 'offline';
    this.health.set(device, health);
    const came = (before === 'offline' || before === 'unapproved') && (health === 'online' || health === 'degraded');
    if (!came) return;
    const first = !this.known.has(device);
    this.known.add(device);
    // The word of its health comes a moment before it takes commands.
    this.arrivals.set(device, 0, () => this.arrived(device, first));
  }

  private arrived(device: string, first: boolean): void {
    for (const { id, rules } of safeOutputs(this.parts.store, device)) {
      const policy: OutputPolicy | undefined = first ? rules?.onBoot : rules?.onDeviceLost;
      if (policy === 'restore') this.begin(device, id);
    }
  }

  private look(device: string, point: string): void {
    const name: OutputName = `${device}.${point}`;
    if (!this.due.has(name)) return;
    const { store, desired } = this.parts;
    const spec: PointSpec | undefined = store.point(device, point)?.spec;
    const said = store.said(device, point) ?? null;
    if (!spec || said === null || !isSafe(spec, said)) return;
    this.due.cancel(name);
    const value = desired.of(name);
    if (value !== undefined && !isSafe(spec, value)) this.parts.wish(device, point, value);
  }
}
