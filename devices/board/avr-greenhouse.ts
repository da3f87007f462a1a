import type { Clock, Timer } from '../../src/clock.js';
import type { Simulator, SimulatorPort } from '../../src/device/driver-kind.js';
import { AvrBoard, type AvrBoardOptions } from './avr-board.js';
import { A0 } from './avr-pins.js';

/** Where the Greenhouse sketch has its inputs and outputs. */
export const GREENHOUSE = { light: A0, temp: A0 + 1, hum: A0 + 2, button: 2, pump: 7, fan: 9 } as const;

/** The sensors' voltages go up and down between these. */
const WEATHER = [
  { pin: GREENHOUSE.light, low: 0.5, high: 4 },
  { pin: GREENHOUSE.temp, low: 0.68, high: 0.78 },
  { pin: GREENHOUSE.hum, low: 1.5, high: 3.5 },
];
const WEATHER_MS = 200;
/** Milliseconds until the weather is as it was, where nothing else is said. */
const TURN_MS = 60_000;
const PRESS_EVERY_MS = 15_000;
const PRESS_MS = 200;

/** The Greenhouse sketch on an emulated Uno, with weather at its sensors and somebody who presses its button now and then. */
export class GreenhouseUno implements Simulator {
  readonly board: AvrBoard;
  private readonly turnMs: number;
  private timers: Timer[] = [];

  /** Throws `firmware/hex` where `hex` is no program for an Uno. */
  constructor(
    private readonly clock: Clock,
    hex: string,
    private readonly seed: number,
    { turnMs = TURN_MS, ...options }: AvrBoardOptions & { readonly turnMs?: number } = {},
  ) {
    this.turnMs = turnMs;
    this.board = new AvrBoard(clock, hex, { seed, ...options });
  }

  plug(port: SimulatorPort): void {
    this.unplug();
    this.weather();
    this.board.plug(port);
    this.repeat(WEATHER_MS, () => this.weather());
    this.repeat(PRESS_EVERY_MS, () => this.board.pins.drive(GREENHOUSE.button, false));
    this.repeat(PRESS_EVERY_MS, () => this.board.pins.drive(GREENHOUSE.button, undefined), PRESS_MS);
  }

  unplug(): void {
    for (const timer of this.timers) timer.cancel();
    this.timers = [];
    this.board.unplug();
  }

  /** Each sensor is at another place of a turn. */
  private weather(): void {
    for (const [n, { pin, low, high }] of WEATHER.entries()) {
      const phase = this.clock.now() / this.turnMs + 0.381966 * (this.seed + n);
      const wave = (1 + Math.sin(2 * Math.PI * phase)) / 2;
      this.board.pins.analog(pin, low + (high - low) * wave);
    }
  }

  /** Does something every `ms`, for the first time `later` than that. */
  private repeat(ms: number, work: () => void, later = 0): void {
    const index = this.timers.length;
    const wait = (pause: number) => {
      this.timers[index] = this.clock.after(pause, () => {
        wait(ms);
        work();
      });
    };
    wait(ms + later);
  }
}
