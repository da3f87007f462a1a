import { sameValue, type Value } from '../device/point.js';
import { safeOutputs } from '../device/safe-outputs.js';
import { pressedAt, sourceProblem } from '../device/stop-source.js';
import type { Latch } from '../state/latch.js';
import type { Store } from '../state/store.js';

/** A point that stops everything. */
export interface EstopSource {
  readonly device: string;
  readonly point: string;
  /** The value of a state, or the word of an event, at which it does; `true` and `pressed` where absent. */
  readonly when?: Value;
}

/**
 * The latched emergency stop. While it is latched every command is refused; after the reset an output obeys again
 * once its device has said that it is at its safe value.
 */
export class EmergencyStop {
  /** Outputs, as `device.point`, that were not seen at their safe value since the stop. */
  private readonly unarmed = new Set<string>();
  /** How often it was pressed while it was latched. */
  again = 0;
  private readonly watchers = new Set<() => void>();

  /** `memory`: the latch, as it was before the start. */
  constructor(
    private readonly store: Store,
    private readonly memory: Pick<Latch, 'closed' | 'set'>,
    /** What presses it. */
    public sources: readonly EstopSource[] = [],
  ) {
    const arm = (device: string, points: readonly string[]) => {
      for (const point of points) this.arm(device, point);
    };
    store.subscribe({
      changed: arm,
      heard: arm,
      described: (device) => {
        if (this.latched) this.disarm(device);
      },
    });
  }

  get latched(): boolean {
    return this.memory.closed;
  }

  /** Why nothing may be switched on, though nobody may have pressed anything: a source is pressed, or is not known not to be. */
  get hindrance(): string | undefined {
    for (const source of this.sources) {
      const { device, point, when } = source;
      const name = `${device}.${point}`;
      const spec = this.store.point(device, point)?.spec;
      const wrong = spec && sourceProblem({ ...spec, id: name }, when);
      if (wrong) return `no emergency stop: ${wrong.message}`;
      const pressed = this.isPressed(source);
      if (pressed === undefined) return `nobody knows whether ${name} is pressed`;
      if (pressed) return `${name} is pressed`;
    }
    return undefined;
  }

  /** Whether a source is pressed; undefined while nobody knows, as where it is not heard any more. */
  isPressed({ device, point, when }: EstopSource): boolean | undefined {
    const known = this.store.point(device, point);
    if (!known || sourceProblem(known.spec, when)) return undefined;
    const { spec, value, quality } = known;
    const health = this.store.health(device);
    if (spec.role === 'event') return health === 'online' ? false : undefined;
    if (value !== null && sameValue(spec, value, pressedAt(spec, when))) return true;
    // Anybody may press it, but that it is released is believed only of a board that its owner knows.
    return quality === 'good' && health !== 'unapproved' ? false : undefined;
  }

  /** Calls `pressed` each time that it latches; the returned function ends that. */
  watch(pressed: () => void): () => void {
    this.watchers.add(pressed);
    return () => this.watchers.delete(pressed);
  }

  /**
   * Latches; every output with a safe value must be seen there before it obeys again. Resolves with whether a restart would
   * know of it.
   */
  latch(): Promise<boolean> {
    const first = !this.latched;
    this.again = first ? 0 : this.again + 1;
    for (const device of this.store.devices()) this.disarm(device);
    const kept = this.memory.set(true);
    if (first) for (const pressed of this.watchers) pressed();
    return kept;
  }

  /** Lets go of the latch; what it disarmed stays so until it is seen at its safe value. */
  reset(): void {
    this.again = 0;
    void this.memory.set(false);
  }

  /** False while the output was not seen at its safe value since the stop. */
  isArmed(device: string, point: string): boolean {
    // Another config may have taken its safe value from it: it could never be seen there.
    return !this.unarmed.has(`${device}.${point}`) || this.store.point(device, point)?.spec.safe === undefined;
  }

  private disarm(device: string): void {
    for (const { id } of safeOutputs(this.store, device)) {
      this.unarmed.add(`${device}.${id}`);
      this.arm(device, id);
    }
  }

  private arm(device: string, point: string): void {
    const spec = this.store.point(device, point)?.spec;
    const said = this.store.said(device, point) ?? null;
    if (spec?.safe === undefined) return;
    // What was lost while it is latched comes back as who knows what.
    if (said === null && this.latched && spec.role === 'actuator') this.unarmed.add(`${device}.${point}`);
    if (said !== null && sameValue(spec, said, spec.safe)) this.unarmed.delete(`${device}.${point}`);
  }
}
