import type { Clock, Timer } from '../../src/clock.js';
import type { Simulator, SimulatorPort } from '../../src/device/driver-kind.js';
import { AvrBoard, type AvrBoardOptions } from './avr-board.js';

/** Where the ModelRailway sketch has its inputs and outputs. */
export const RAILWAY = {
  blocks: [2, 3, 4],
  west: 5,
  east: 6,
  power: 7,
  arrivalRed: 8,
  arrivalGreen: 9,
  departureRed: 10,
  departureGreen: 11,
} as const;

/** A train needs so long for a block. */
const BLOCK_MS = 4_000;
const LOOK_MS = 100;

/** The ModelRailway sketch on an emulated Uno, and a train that goes round while the track has power. */
export class RailwayUno implements Simulator {
  readonly board: AvrBoard;
  private timer: Timer | undefined;
  private wayMs = 0;

  /** Throws `firmware/hex` where `hex` is no program for an Uno. */
  constructor(
    private readonly clock: Clock,
    hex: string,
    seed: number,
    options: AvrBoardOptions = {},
  ) {
    this.board = new AvrBoard(clock, hex, { seed, ...options });
  }

  plug(port: SimulatorPort): void {
    this.unplug();
    this.occupy();
    this.board.plug(port);
    this.drive();
  }

  unplug(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.board.unplug();
  }

  private drive(): void {
    this.timer = this.clock.after(LOOK_MS, () => {
      if (this.board.pins.level(RAILWAY.power)) this.wayMs += LOOK_MS;
      this.occupy();
      this.drive();
    });
  }

  /** A train closes the contact of its block; the others are pulled up. */
  private occupy(): void {
    const at = Math.floor(this.wayMs / BLOCK_MS) % RAILWAY.blocks.length;
    for (const [n, pin] of RAILWAY.blocks.entries()) this.board.pins.drive(pin, n === at ? false : undefined);
  }
}
