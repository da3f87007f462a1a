import { SimulatedPins } from '../../devices/gpio/simulated-pins.js';
import type { Clock } from '../../src/clock.js';
import type { InputHandlers, InputOptions, OutputOptions, Pins } from '../../src/port/pin.js';
import type { Dialect } from './dialect.js';
import type { Life } from './life.js';

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
  /** Where a process that has not counted yet begins. */
  kept(): number;
  /** Where it is now. */
  counted(turns: number): void;
}

/** Edges that the kernel keeps until the process that opened the line has time for them. */
interface Queue {
  /** Turns of the wheel among them. */
  turns: number;
}

/** Pins of a chip in memory with a door contact, a wheel that is counted, and two relays on them. */
export class PinBoard {
  readonly chip: SimulatedPins;
  taps: PinTaps = {
    opened: () => {},
    gone: () => {},
    said: () => {},
    told: () => {},
    kept: () => 0,
    counted: () => {},
  };
  /** Turns of the wheel that whoever counts them must have counted. */
  private turns = 0;
  /** Nobody has counted yet. */
  private isNew = true;
  private counting = false;
  private readonly queues = new Set<Queue>();
  private lost = 0;
  private gone = false;
  /** The door does not move. */
  private jammed = false;

  constructor(clock: Clock) {
    this.chip = new SimulatedPins(clock);
  }

  /** Another process counts. */
  born(): void {
    this.loseQueues();
    this.isNew = true;
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
    this.loseQueues();
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

  /** The pins for a process, which hears of them only while it runs. */
  pinsFor(life: Life): Pins {
    return {
      openInput: (options, handlers) => this.openInput(options, handlers, life),
      openOutput: (options) => this.openOutput(options),
      openPwm: () => Promise.reject(new Error('there is nothing on these pins')),
    };
  }

  private async openInput(options: InputOptions, { edges, failed }: InputHandlers, life: Life) {
    this.begin();
    const counts = options.pins.includes(PINS.count);
    const queue: Queue = { turns: 0 };
    const handlers: InputHandlers = {
      edges: (events) => {
        const turns = counts ? events.reduce((sum, { lost }) => sum + 1 + lost, 0) : 0;
        queue.turns += turns;
        life.pass(() => {
          if (!this.queues.has(queue)) return;
          queue.turns -= turns;
          if (counts) this.taps.counted(this.turns - queue.turns);
          edges(events);
        });
      },
      failed: (error) => life.pass(() => failed(error)),
    };
    const input = await this.chip.openInput(options, handlers);
    this.queues.add(queue);
    if (counts) this.count();
    this.say(counts ? 'count' : 'door');
    const close = () => {
      if (counts && this.queues.has(queue)) this.counting = false;
      this.loseQueue(queue);
      input.close();
    };
    return { read: input.read, close };
  }

  private async openOutput(options: OutputOptions) {
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

  private count(): void {
    // The kernel numbers edges anew for each that opens the line.
    this.lose(0);
    if (this.isNew) this.turns = this.taps.kept();
    this.isNew = false;
    this.counting = true;
  }

  /** The edges that the kernel keeps go with the chip. */
  private loseQueues(): void {
    for (const queue of this.queues) this.loseQueue(queue);
  }

  /** And with what was open. */
  private loseQueue(queue: Queue): void {
    if (this.queues.delete(queue)) this.turns -= queue.turns;
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
