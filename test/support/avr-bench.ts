import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AvrBoard, type AvrBoardOptions } from '../../devices/board/avr-board.js';
import type { SimulatorPort } from '../../src/device/driver-kind.js';
import { VirtualClock } from './virtual-clock.js';

/** The text of a hex file in test/vectors/avr. */
export function sketchHex(name: string): string {
  return readFileSync(join(import.meta.dirname, `../vectors/avr/${name}.hex`), 'utf8');
}

/** An emulated Uno with one of the test sketches, on a wire in memory and a clock that the test moves. */
export class AvrBench {
  readonly clock = new VirtualClock();
  readonly board: AvrBoard;
  /** Everything it said, one byte a character. */
  said = '';
  private readonly port: SimulatorPort = {
    send: (bytes) => {
      this.said += bytes;
    },
    receive: () => {},
  };

  constructor(sketch: string, options: AvrBoardOptions = {}) {
    this.board = new AvrBoard(this.clock, sketchHex(sketch), options);
  }

  /** Plugs it in, and lets it start. */
  async start(ms = 20): Promise<this> {
    this.plug();
    await this.clock.advance(ms);
    return this;
  }

  plug(): void {
    this.board.plug(this.port);
  }

  /** Sends bytes, one a character. */
  send(bytes: string): void {
    this.port.receive(bytes);
  }

  /** Sends a line and returns what the board says within `ms`, without its last line end. */
  async ask(line: string, ms = 20): Promise<string> {
    const before = this.said.length;
    this.send(`${line}\n`);
    await this.clock.advance(ms);
    return this.said.slice(before).trimEnd();
  }

  /** The part of the time that a pin is high, over the next `ms`: 51 are whole periods of every timer. */
  async duty(pin: number, ms = 51): Promise<number> {
    const { chip, pins } = this.board;
    const [high, all] = [pins.highCycles(pin), chip.cycles];
    await this.clock.advance(ms);
    return (pins.highCycles(pin) - high) / (chip.cycles - all);
  }
}
