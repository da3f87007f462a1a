import type { BridgeError } from '../error.js';

/** The pull resistor of an input. */
export type Pull = 'up' | 'down' | 'off';

/** Which changes of an input are told. */
export type Edges = 'active' | 'inactive' | 'both';

/** The kernel interface to pins. auto: the character device where it works, else sysfs. */
export type PinBackend = 'auto' | 'chardev' | 'sysfs';

/** Where pins are: the Raspberry Pi's own where nothing else is said. */
export interface PinPlace {
  readonly backend: PinBackend;
  /** The chip's label (`pinctrl-bcm2711`) or name (`gpiochip0`). */
  readonly chip?: string;
  /** The number of the chip's first line in sysfs, where the label does not tell it. */
  readonly base?: number;
}

/** Pins that are read as one: their changes come in the order in which they happened. */
export interface InputOptions extends PinPlace {
  /** Numbers on the chip: BCM numbers on a Pi. */
  readonly pins: readonly number[];
  readonly activeLow: boolean;
  /** Absent: the resistor stays as it is. */
  readonly pull?: Pull;
  /** A level counts once it was stable for this many milliseconds; 0: every change counts. */
  readonly debounce: number;
  readonly edges: Edges;
}

/** A change of an input. */
export interface PinEdge {
  readonly pin: number;
  /** What it became, active-low already taken into account. */
  readonly active: boolean;
  /** Milliseconds on the kernel's monotonic clock; only differences mean something. */
  readonly at: number;
  /** Changes of this pin that were lost just before this one, as far as the kernel counts them. */
  readonly lost: number;
}

/** Who hears of an input. */
export interface InputHandlers {
  /** Called with one or more changes, oldest first. */
  edges(edges: readonly PinEdge[]): void;
  /** Called once when the pins are gone. */
  failed(error: BridgeError): void;
}

/** Open inputs. */
export interface InputPins {
  /** What the pins are now, in the order of the options; with debouncing, what they were last stable at. Throws `pin/…`. */
  read(): readonly boolean[];
  /** Lets go of the pins; calling it again is harmless. */
  close(): void;
}

/** How an output is opened. */
export interface OutputOptions extends PinPlace {
  readonly pin: number;
  readonly activeLow: boolean;
  /** What it becomes in the moment in which it becomes an output; `keep`: what it is, where it is an output already. */
  readonly initial: boolean | 'keep';
  /** For `keep` where there is nothing to keep. */
  readonly otherwise: boolean;
  /** True: it should stay as it is when the program ends. */
  readonly hold: boolean;
  /** True: where it can, it stays as it is when it is closed, for who opens it next; no other interface is chosen for that. */
  readonly stays?: boolean;
}

/** An open output. */
export interface OutputPin {
  /** What the line is, read from the kernel. Throws `pin/…`. */
  read(): boolean;
  /** Sets the line. Throws `pin/…`. */
  write(active: boolean): void;
  /** Lets go of the line as it is; calling it again is harmless. */
  close(): void;
}

/** How a pulse-width output is opened. */
export interface PwmOptions {
  /** Number on the Pi's header, from which chip and channel follow; or else `chip` and `channel`. */
  readonly pin?: number;
  /** Name of the PWM chip, such as `pwmchip0`. */
  readonly chip?: string;
  readonly channel?: number;
  /** Hertz. */
  readonly frequency: number;
  readonly activeLow: boolean;
  /** Share of the time that it is on, 0 to 1; `keep`: as it is, where it runs already. */
  readonly initial: number | 'keep';
  readonly otherwise: number;
  readonly hold: boolean;
  readonly stays?: boolean;
}

/** An open pulse-width output. */
export interface PwmPin {
  /** Share of the time that it is on, 0 to 1, read from the kernel. Throws `pin/…`. */
  read(): number;
  /** Sets the share, 0 to 1. Throws `pin/…`. */
  write(share: number): void;
  close(): void;
}

/** An output that sysfs leaves as it is when its process dies, with what is safe there. */
export type LeftoverOutput =
  | { readonly kind: 'line'; readonly place: PinPlace; readonly pin: number; readonly high: boolean }
  | {
      readonly kind: 'pwm';
      readonly channel: Pick<PwmOptions, 'pin' | 'chip' | 'channel'>;
      /** Share of the time that the line is high, 0 to 1. */
      readonly share: number;
    };

/** What opens pins for one device. A pin is open once at a time: a second owner gets `pin/taken`. */
export interface Pins {
  openInput(options: InputOptions, handlers: InputHandlers, signal: AbortSignal): Promise<InputPins>;
  openOutput(options: OutputOptions, signal: AbortSignal): Promise<OutputPin>;
  openPwm(options: PwmOptions, signal: AbortSignal): Promise<PwmPin>;
}

/** The pins of a machine, by the device that wants them. */
export type PinsOf = (device: string) => Pins;
