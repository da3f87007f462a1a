import { SimulatedPins } from '../../devices/gpio/simulated-pins.js';
import type { Clock } from '../../src/clock.js';
import type { OutputOptions, Pins } from '../../src/port/pin.js';
import type { Dialect } from './dialect.js';

/** The pins by point. */
export const PINS = { door: 4, count: 5, lamp: 17, winch: 22 } as const;

type Point = keyof typeof PINS;
const OUTPUTS: readonly Point[] = ['lamp', 'winch'];

/** Who listens in at the pins, in lines such as `lamp=1`. */
export interface PinTaps {
  /** Somebody opens them anew. */
  opened(): void;
  /** The chip is gone. */
  gone(): void;
  said(line: string): void;
  told(line: string): void;
}

/** Pins of a chip in memory with a door contact, a wheel that is counted, and two relays on them. */
export class PinBoard implements Pins {
  readonly chip: SimulatedPins;
  taps: PinTaps = { opened: () => {}, gone: () => {}, said: () => {}, told: () => {} };
  /** Turns of the wheel that whoever counts them must have counted. */
  private turns = 0;
  private counting = false;
  private lost = 0;
  private gone = false;
  /** The door does not move. */
  private jammed = false;

  constructor(clock: Clock) {
    this.chip = new SimulatedPins(clock);
  }

  /** Another process counts, from nothing. */
  born(): void {
    this.turns = 0;
  }

  /** The door moves and the wheel turns. */
  sense(): void {
    if (this.gone) return;
    if (!this.jammed) this.move();
    if (this.counting) this.turns += 1 + this.lost;
    this.lost = 0;
    this.say('count');
    this.chip.pulse(PINS.count);
  }

  /** The door moves, and nobody is told: it stays where it is until that is over. */
  sneak(sneaking: boolean): void {
    if (sneaking) this.chip.deaf.add(PINS.door);
    if (sneaking) this.move();
    else this.chip.deaf.delete(PINS.door);
    this.jammed = sneaking;
  }

  /** Whether the door is open. */
  get open(): boolean {
    return this.chip.level(PINS.door);
  }

  /** So many turns come too fast to be told one by one: the kernel only numbers them. */
  lose(turns: number): void {
    if (this.gone) return;
    this.lost = turns;
    this.chip.lose(PINS.count, turns);
  }

  /** Whether the chip is there. */
  get present(): boolean {
    return !this.gone;
  }

  vanish(): void {
    this.gone = true;
    this.counting = false;
    this.chip.vanish();
    this.taps.gone();
  }

  appear(): void {
    this.gone = false;
    this.chip.appear();
  }

  /** The outputs that are on. */
  on(): string[] {
    return OUTPUTS.filter((point) => this.chip.level(PINS[point]));
  }

  async openInput(...[options, handlers]: Parameters<SimulatedPins['openInput']>) {
    this.begin();
    const input = await this.chip.openInput(options, handlers);
    const counts = options.pins.includes(PINS.count);
    // The kernel numbers edges anew for each that opens the line.
    if (counts) this.lose(0);
    if (counts) this.counting = true;
    this.say(counts ? 'count' : 'door');
    const close = () => {
      if (counts) this.counting = false;
      input.close();
    };
    return { read: input.read, close };
  }

  async openOutput(options: OutputOptions) {
    this.begin();
    const output = await this.chip.openOutput(options);
    const point = OUTPUTS.find((id) => PINS[id] === options.pin) ?? 'lamp';
    this.say(point);
    const write = (active: boolean) => {
      this.taps.told(`${point}=${Number(active)}\n`);
      output.write(active);
      this.say(point);
    };
    return { ...output, write };
  }

  openPwm(): Promise<never> {
    return Promise.reject(new Error('there is nothing on these pins'));
  }

  private move(): void {
    this.chip.set(PINS.door, !this.open);
    this.say('door');
  }

  private begin(): void {
    if (this.chip.opened === 0) this.taps.opened();
  }

  private say(point: Point): void {
    this.taps.said(`${point}=${point === 'count' ? this.turns : Number(this.chip.level(PINS[point]))}\n`);
  }
}

/** Those lines. */
export const pinDialect: Dialect = {
  said: (line) => {
    const [point = '', value] = line.split('=');
    return { values: [{ point, value: point === 'count' ? Number(value) : value === '1' }], begun: false };
  },
  told: (line) => {
    const [point = '', value] = line.split('=');
    return { kind: 'set', point, value: value === '1', isSafe: value === '0' };
  },
};
