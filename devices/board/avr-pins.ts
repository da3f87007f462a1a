import { type AVRIOPort, PinState } from 'avr8js';
import type { AvrChip, AvrCore } from './avr-chip.js';

type PortName = keyof AvrCore['ports'];
/** An Uno's pins: 0 to 7 are port D, 8 to 13 port B, A0 to A5 (14 to 19) port C. */
const PINS = 20;
export const A0 = 14;

/** What the chip does with a pin. */
export type PinMode = 'output' | 'input' | 'pullup';

/** A change of a pin's level, whoever made it. */
export type EdgeListener = (high: boolean, cycle: number) => void;

interface Pin {
  readonly port: PortName;
  readonly bit: number;
  /** The level that something outside puts on it; undefined: nothing does. */
  driven: boolean | undefined;
  high: boolean;
  /** Cycle of its last change, and cycles that it was high before that. */
  since: number;
  highCycles: number;
  readonly listeners: EdgeListener[];
}

/** The pins of an Arduino Uno, by their Arduino numbers; the world that drives and reads them outlives the chip's resets. */
export class AvrPins {
  private readonly pins: readonly Pin[];
  private readonly volts = new Array<number>(8).fill(0);
  private core: AvrCore | undefined;

  /** `catchUp` brings the chip up to the present, before the world looks at a pin or touches one. */
  constructor(
    private readonly chip: AvrChip,
    private readonly catchUp: () => void,
  ) {
    this.pins = Array.from({ length: PINS }, (_, number) => ({
      ...place(number),
      driven: undefined,
      high: false,
      since: 0,
      highCycles: 0,
      listeners: [],
    }));
  }

  /** Wires the pins to a core that begins anew. */
  attach(core: AvrCore): void {
    this.core = core;
    for (const [channel, volts] of this.volts.entries()) core.adc.channelValues[channel] = volts;
    for (const name of ['B', 'C', 'D'] as const) {
      const pins = this.pins.filter(({ port }) => port === name);
      const update = () => {
        for (const pin of pins) this.update(pin, core.ports[name]);
      };
      core.ports[name].addListener(update);
      update();
    }
  }

  /** Something outside puts a level on a pin; undefined lets go of it. An output does not mind. */
  drive(number: number, level: boolean | undefined): void {
    const pin = this.pin(number);
    this.catchUp();
    pin.driven = level;
    if (this.core) this.update(pin, this.core.ports[pin.port]);
  }

  /** Puts a voltage on an analog input, A0 to A5 or 0 to 5; 5 V is the reference. */
  analog(number: number, volts: number): void {
    this.catchUp();
    const channel = number >= A0 ? number - A0 : number;
    this.volts[channel] = volts;
    if (this.core) this.core.adc.channelValues[channel] = volts;
  }

  /** The level that a voltmeter finds. */
  level(number: number): boolean {
    this.catchUp();
    return this.pin(number).high;
  }

  mode(number: number): PinMode {
    this.catchUp();
    const { port, bit } = this.pin(number);
    const state = this.core?.ports[port].pinState(bit) ?? PinState.Input;
    if (state === PinState.Input) return 'input';
    return state === PinState.InputPullUp ? 'pullup' : 'output';
  }

  /** Cycles that the pin was high so far; the part of it in a stretch of time is the duty of its PWM. */
  highCycles(number: number): number {
    this.catchUp();
    const { high, highCycles, since } = this.pin(number);
    return highCycles + (high ? this.chip.cycles - since : 0);
  }

  /** Tells of every change of level from now on, also of a pull-up that is switched on. */
  onEdge(number: number, listener: EdgeListener): void {
    this.pin(number).listeners.push(listener);
  }

  private pin(number: number): Pin {
    const pin = this.pins[number];
    if (!pin) throw new RangeError(`an Uno has no pin ${number}`);
    return pin;
  }

  private update(pin: Pin, port: AVRIOPort): void {
    const state = port.pinState(pin.bit);
    const input = pin.driven ?? state === PinState.InputPullUp;
    port.setPin(pin.bit, input);
    const high = state === PinState.Low || state === PinState.High ? state === PinState.High : input;
    if (high === pin.high) return;
    const { cycles } = this.chip;
    if (pin.high) pin.highCycles += cycles - pin.since;
    pin.high = high;
    pin.since = cycles;
    for (const listener of pin.listeners) listener(high, cycles);
  }
}

function place(number: number): { port: PortName; bit: number } {
  if (number < 8) return { port: 'D', bit: number };
  return number < A0 ? { port: 'B', bit: number - 8 } : { port: 'C', bit: number - A0 };
}
