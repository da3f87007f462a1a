import type { NakCode, PointDescription, ValueType } from '../../firmware-protocol/message.js';
import { decodeValue, encodeValue } from '../../firmware-protocol/value.js';
import type { Value } from '../../src/device/point.js';

/** One output of a simulated board: what it is, what it may become, and what time does to it. */
export class SimulatedOutput {
  /** What it really is; while it moves, what it was. */
  value: Value;
  /** Longest time on, shortest time off, interlock group; 0: none. */
  limits = { maxOn: 0, minOff: 0, group: 0 };

  private target: Value | undefined;
  private settlesAt = 0;
  private pulseEndsAt = Number.POSITIVE_INFINITY;
  private setAt = 0;
  private onSince = 0;
  private offSince = Number.NEGATIVE_INFINITY;

  /** `travel`: milliseconds from one value to another. */
  constructor(
    readonly point: PointDescription & { readonly type: ValueType },
    private readonly travel: number,
  ) {
    this.value = restOf(point);
  }

  get moving(): boolean {
    return this.target !== undefined;
  }

  /** What it says: on its way from one value to another it is neither. */
  get wire(): string {
    return this.moving ? '?' : this.encode(this.value);
  }

  /** The wire form of one of its values. */
  encode(value: Value): string {
    return encodeValue(this.point, value);
  }

  /** True where it is, or goes to, what it is put to when in doubt. */
  get isSafe(): boolean {
    return this.point.safe === undefined || (this.target ?? this.value) === this.point.safe;
  }

  /** True while it is away from its rest. */
  get isOn(): boolean {
    return (this.target ?? this.value) !== restOf(this.point);
  }

  /** The value of a wire form as this output can take it; undefined where it can not. */
  read(field: string): Value | undefined {
    const value = decodeValue(this.point, field);
    if (typeof value !== 'number') return value ?? undefined;
    const { min, max, step } = this.point;
    if (value < (min ?? value) || value > (max ?? value)) return undefined;
    if (step === undefined) return value;
    const base = min ?? 0;
    return Number((base + Math.round((value - base) / step) * step).toFixed(6));
  }

  /** Why it may not become `value` now. */
  refusal(value: Value, now: number, siblings: Iterable<SimulatedOutput>): NakCode | undefined {
    if (value === restOf(this.point)) return undefined;
    const { group, minOff } = this.limits;
    for (const sibling of siblings) {
      if (group > 0 && sibling !== this && sibling.limits.group === group && sibling.isOn) return 'locked';
    }
    return !this.isOn && now - this.offSince < minOff ? 'busy' : undefined;
  }

  /** Becomes `value`, at once or after its travel. */
  put(value: Value, now: number): void {
    const wasOn = this.isOn;
    this.pulseEndsAt = Number.POSITIVE_INFINITY;
    this.setAt = now;
    if (this.travel > 0 && value !== this.value) {
      this.target = value;
      this.settlesAt = now + this.travel;
    } else {
      this.target = undefined;
      this.value = value;
    }
    if (this.isOn && !wasOn) this.onSince = now;
    if (!this.isOn && wasOn) this.offSince = now;
  }

  pulse(value: Value, ms: number, now: number): void {
    this.put(value, now);
    this.pulseEndsAt = now + ms;
  }

  putSafe(now: number): void {
    if (this.point.safe !== undefined) this.put(this.point.safe, now);
  }

  /** False where the end of such a pulse would leave the safe value though no lease watches over it. */
  mayPulse(value: Value): boolean {
    return this.point.type === 'boolean' && (this.point.lease > 0 || value !== this.point.safe);
  }

  /** What time does to it; says what happened, if anything did. `aliveAt`: when its host renewed the leases. */
  pass(
    now: number,
    aliveAt: number,
    siblings: Iterable<SimulatedOutput>,
  ): 'settled' | 'pulsed' | 'lease' | 'limit' | undefined {
    const { lease } = this.point;
    if (lease > 0 && now - Math.max(aliveAt, this.setAt) > lease) {
      this.pulseEndsAt = Number.POSITIVE_INFINITY;
      if (!this.isSafe) {
        this.putSafe(now);
        return 'lease';
      }
    }
    if (now >= this.pulseEndsAt) {
      this.pulseEndsAt = Number.POSITIVE_INFINITY;
      if (!this.refusal(!this.value, now, siblings)) {
        this.put(!this.value, now);
        return 'pulsed';
      }
    }
    if (this.limits.maxOn > 0 && this.isOn && now - this.onSince >= this.limits.maxOn) {
      this.put(restOf(this.point), now);
      return 'limit';
    }
    if (this.target === undefined || now < this.settlesAt) return undefined;
    this.value = this.target;
    this.target = undefined;
    return 'settled';
  }
}

/** What an output is after its board has started. */
function restOf({ type, safe, min, options }: PointDescription): Value {
  if (safe !== undefined) return safe;
  if (type === 'boolean') return false;
  if (type === 'number') return Math.max(0, min ?? 0);
  return type === 'enum' ? (options[0] ?? '') : '';
}
