import { AvrBoard } from '../../devices/board/avr-board.js';
import { GREENHOUSE } from '../../devices/board/avr-greenhouse.js';
import type { Simulator, SimulatorPort } from '../../src/device/driver-kind.js';
import { systemClock } from '../../src/system-clock.js';
import { greenhouseHex } from './uno-bench.js';

/** Whole periods of the timer behind the fan. */
const DUTY_MS = 51;

/** The shipped greenhouse firmware on an emulated Uno, behind a wire that a test can make slow, or cut on its way to the board. */
export class WiredUno implements Simulator {
  readonly uno = new AvrBoard(systemClock(), greenhouseHex());
  private lateMs = 0;
  private cut = false;

  plug(port: SimulatorPort): void {
    const wire: SimulatorPort = { send: (bytes) => port.send(bytes), receive: () => {} };
    port.receive = (bytes) => {
      if (this.cut) return;
      if (this.lateMs === 0) wire.receive(bytes);
      else systemClock().after(this.lateMs, () => wire.receive(bytes));
    };
    this.uno.plug(wire);
  }

  unplug(): void {
    this.uno.unplug();
  }

  /** What the host says arrives only after `ms`. */
  late(ms: number): void {
    this.lateMs = ms;
  }

  /** Hears the host no more. */
  deaf(): void {
    this.cut = true;
  }

  /** What is really on the pin of an output: the pump's level, the fan's percentage. */
  async output(id: string): Promise<unknown> {
    const { pins, chip } = this.uno;
    if (id === 'pump') return pins.level(GREENHOUSE.pump);
    this.uno.follow();
    const [high, all] = [pins.highCycles(GREENHOUSE.fan), chip.cycles];
    await new Promise<void>((resolve) => systemClock().after(DUTY_MS, resolve));
    this.uno.follow();
    const percent = (100 * (pins.highCycles(GREENHOUSE.fan) - high)) / (chip.cycles - all);
    // The timer has 256 steps, and the time of a test is not a whole number of its periods.
    return 5 * Math.round(percent / 5);
  }
}
