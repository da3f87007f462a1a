import { flipBits } from '../../devices/board/noise.js';
import type { Clock, Timer } from '../../src/clock.js';
import type { Simulator, SimulatorPort } from '../../src/device/driver-kind.js';
import { HostCore, type HostPoints } from './host-core.js';

/** A sketch with little else to do goes round so often in a millisecond on an Uno. */
const ROUNDS_PER_MS = 10;
const SLICE_MS = 2;

/** The core of the Arduino library, compiled for this machine, as a board that follows a clock. Both ways of its line can be noisy. */
export class HostBoard implements Simulator {
  /** What its outputs were put to since this was cleared, and how often: `set fan 40`. */
  readonly executions = new Map<string, number>();
  private readonly core: HostCore;
  private readonly outputs = new Map<string, string>();
  private port: SimulatorPort | undefined;
  private timer: Timer | undefined;
  private heard = '';
  private rate = 0;

  constructor(
    private readonly clock: Clock,
    points: HostPoints,
    private readonly random: () => number,
  ) {
    this.core = new HostCore(points);
  }

  plug(port: SimulatorPort): void {
    this.port = port;
    port.receive = (bytes) => {
      this.heard += flipBits(bytes, this.rate, this.random);
    };
    this.schedule();
  }

  unplug(): void {
    this.timer?.cancel();
    this.port = undefined;
  }

  /** Ends it for good. */
  close(): void {
    this.unplug();
    this.core.close();
  }

  /** From now on each bit is flipped with this probability. */
  flip(rate: number): void {
    this.rate = rate;
  }

  sense(point: string, value: string): void {
    this.core.sense(point, value);
  }

  /** What an output was put to last. */
  output(point: string): string | undefined {
    return this.outputs.get(point);
  }

  private schedule(): void {
    this.timer = this.clock.after(SLICE_MS, () => {
      this.schedule();
      this.goOn();
    });
  }

  private goOn(): void {
    const { said, done } = this.core.run(Math.floor(this.clock.now()), SLICE_MS * ROUNDS_PER_MS, this.heard);
    this.heard = '';
    for (const { point, value } of done) {
      this.outputs.set(point, value);
      const what = `set ${point} ${value}`;
      this.executions.set(what, (this.executions.get(what) ?? 0) + 1);
    }
    if (said !== '') this.port?.send(flipBits(said, this.rate, this.random));
  }
}
