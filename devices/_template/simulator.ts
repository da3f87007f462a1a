import type { Clock, Timer } from '../../src/clock.js';
import type { Simulator, SimulatorPort } from '../../src/device/driver-kind.js';

/** The board as its firmware behaves on the wire. Tests and `bench` use it; it knows nothing of the driver. */
export class TemplateSimulator implements Simulator {
  /** The truth, for tests to compare with what the bridge believes. */
  valve = false;
  /** True: takes commands and does nothing, as a board with a broken relay does. */
  stuck = false;

  private port: SimulatorPort | undefined;
  private tick: Timer | undefined;

  constructor(private readonly clock: Clock) {}

  plug(port: SimulatorPort): void {
    this.unplug();
    this.valve = false;
    this.port = port;
    port.receive = (bytes) => {
      for (const char of bytes) this.obey(char);
    };
    this.measure();
  }

  unplug(): void {
    this.tick?.cancel();
    this.port = undefined;
  }

  private obey(char: string): void {
    if ((char === '0' || char === '1') && !this.stuck) this.valve = char === '1';
    if ('01?'.includes(char)) this.port?.send(`valve=${this.valve ? 1 : 0}\r\n`);
  }

  private measure(): void {
    this.tick = this.clock.after(1_000, () => {
      // Time comes from the clock that was handed in, so that a test decides how fast it goes.
      this.port?.send(`${(20 + Math.sin(this.clock.now() / 10_000)).toFixed(1)}\r\n`);
      this.measure();
    });
  }
}
