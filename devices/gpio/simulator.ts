import type { Clock, Timer } from '../../src/clock.js';
import type { PinSimulator } from '../../src/device/driver-kind.js';
import type { GpioOptions } from './options.js';
import { kindOf, type PointOptions } from './point-options.js';
import { SimulatedPins } from './simulated-pins.js';

/** What is wired to simulated pins in a `bench`: doors open, buttons are pressed, wheels turn. */
export class GpioSimulator implements PinSimulator {
  readonly pins: SimulatedPins;
  private readonly timers = new Map<string, Timer>();

  constructor(
    private readonly options: GpioOptions,
    private readonly clock: Clock,
    private readonly seed: number,
  ) {
    this.pins = new SimulatedPins(clock);
  }

  start(): void {
    Object.entries(this.options.points).forEach(([id, point], i) => {
      const rest = point.activeLow;
      for (const pin of pinsOf(point)) this.pins.set(pin, rest);
      const [ms, act] = this.lifeOf(point);
      if (ms > 0) this.repeat(id, ms + 37 * ((this.seed + i) % 7), act);
    });
  }

  stop(): void {
    for (const timer of this.timers.values()) timer.cancel();
    this.timers.clear();
  }

  private repeat(id: string, ms: number, act: () => void): void {
    const again = () => {
      act();
      this.timers.set(id, this.clock.after(ms, again));
    };
    this.timers.set(id, this.clock.after(ms, again));
  }

  /** How often something happens at a point, in milliseconds, and what. */
  private lifeOf(point: PointOptions): [ms: number, act: () => void] {
    const { pins } = this;
    const [a = 0, b = 0] = pinsOf(point);
    const toggle = (pin: number) => pins.set(pin, !pins.level(pin));
    switch (kindOf(point)) {
      case 'level':
        return [4_000, () => toggle(a)];
      case 'button':
        return [1_500, () => toggle(a)];
      case 'count':
      case 'frequency':
        return [20, () => toggle(a)];
      case 'encoder':
        // Both pins in turn: it goes one way for ever.
        return [150, () => toggle(pins.level(a) === pins.level(b) ? a : b)];
      case 'switch':
      case 'pwm':
        return [0, () => {}];
    }
  }
}

/** The input pins of a point. */
function pinsOf({ direction, pin, pins }: PointOptions): readonly number[] {
  if (direction === 'out') return [];
  return pins ?? (pin === undefined ? [] : [pin]);
}
