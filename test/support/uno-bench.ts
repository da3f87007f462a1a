import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AvrBoard, type AvrBoardOptions } from '../../devices/board/avr-board.js';
import { AVR_HZ } from '../../devices/board/avr-chip.js';
import { BoardDriver } from '../../devices/board/driver.js';
import { boardKind } from '../../devices/board/kind.js';
import { Manifests } from '../../devices/board/manifests.js';
import { flipBits } from '../../devices/board/noise.js';
import type { DeviceDriver, DeviceSession } from '../../src/device/driver.js';
import type { SimulatorPort } from '../../src/device/driver-kind.js';
import { seededRandom } from '../../src/device/seeded-random.js';
import { DriverBench } from './driver-bench.js';

/** The firmware that is shipped. */
export const greenhouseHex = (): string =>
  readFileSync(join(import.meta.dirname, '../..', boardKind.sample?.firmware ?? 'none'), 'utf8');

/** The real host driver and a real firmware on an emulated Uno, in virtual time, with a line that takes its time and can be bad. */
export class UnoBench {
  readonly host: DriverBench;
  readonly uno: AvrBoard;
  /** Whole lines that the board said, undamaged, oldest first. */
  readonly said: string[] = [];
  /** Lines that the host wrote, and the emulated time of the last one. */
  readonly written: string[] = [];
  wroteAt = 0;
  /** The probability of each bit to be flipped, both ways. */
  flip = 0;

  private readonly random: () => number;
  private rest = '';
  private readonly wire: SimulatorPort;

  constructor(options: AvrBoardOptions = {}, hex = greenhouseHex(), driver?: DeviceDriver) {
    this.random = seededRandom(options.seed ?? 1);
    this.host = new DriverBench(
      driver ?? new BoardDriver(boardKind.options.parse({ port: '/dev/fake' }), new Manifests(), this.random),
    );
    this.uno = new AvrBoard(this.host.clock, hex, { seed: 1, ...options });
    this.wire = {
      send: (bytes) => {
        this.keep(bytes);
        this.host.port.send(Buffer.from(flipBits(bytes, this.flip, this.random), 'latin1'));
      },
      receive: () => {},
    };
    this.host.port.onWrite = (line) => {
      this.written.push(line);
      this.wroteAt = this.now;
      this.wire.receive(flipBits(`${line}\n`, this.flip, this.random));
    };
  }

  /** Plugs the board in; as on a pseudo terminal nothing is lost of what it says first. */
  plug(): void {
    this.uno.plug(this.wire);
  }

  /** Plugs it in and connects, which must be done within `ms`. */
  async connect(ms = 3_000): Promise<DeviceSession> {
    this.plug();
    return await this.host.connect(ms);
  }

  /** Moves time on until the work is done; `ms` is how exactly that moment is met. */
  async finish<T>(work: Promise<T>, ms = 1): Promise<T> {
    let over = false;
    const end = () => {
      over = true;
    };
    work.then(end, end);
    await this.host.clock.advance(0);
    while (!over) await this.host.clock.advance(ms);
    return await work;
  }

  /** Sets an output through the driver, and moves time on until it is confirmed. */
  async set(session: DeviceSession, point: string, value: boolean | number | string) {
    return await this.finish(this.host.apply(session, { point, value }));
  }

  /** The part of the time that a pin is high, over the next `ms`: 51 are whole periods of every timer. */
  async duty(pin: number, ms = 51): Promise<number> {
    const { chip, pins } = this.uno;
    const [high, all] = [pins.highCycles(pin), chip.cycles];
    await this.host.clock.advance(ms);
    return (pins.highCycles(pin) - high) / (chip.cycles - all);
  }

  /** The emulated time, in ms since the first power-on. */
  get now(): number {
    this.uno.follow();
    return (this.uno.chip.cycles * 1_000) / AVR_HZ;
  }

  /** Ends the session and switches the board off. */
  async close(): Promise<void> {
    this.uno.unplug();
    this.uno.powerOff();
    await this.host.close();
  }

  private keep(bytes: string): void {
    const lines = (this.rest + bytes).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.said.push(line.endsWith('\r') ? line.slice(0, -1) : line);
  }
}
