import type { Clock, Timer } from '../clock.js';
import type { Simulator, SimulatorPort } from './driver-kind.js';

/** What simulators of boards on a wire have in common: plugging in is a power-on, and what is late never outlives the plug. */
export abstract class WiredSimulator implements Simulator {
  protected port: SimulatorPort | undefined;
  private readonly delayed = new Set<Timer>();

  constructor(protected readonly clock: Clock) {}

  plug(port: SimulatorPort): void {
    this.unplug();
    this.port = port;
    port.receive = (bytes) => this.receive(bytes);
    this.reset();
  }

  /** The cable is pulled, and with it the power. */
  unplug(): void {
    this.quiet();
    if (this.port) this.port.receive = () => {};
    this.port = undefined;
  }

  /** Starts anew, as after a press on its button. */
  abstract reset(): void;

  /** Raw bytes came from the host, one a character. */
  protected abstract receive(bytes: string): void;

  /** Ends all activity. */
  protected quiet(): void {
    for (const timer of this.delayed) timer.cancel();
    this.delayed.clear();
  }

  /** Does something after `ms`, unless the simulator is reset or unplugged before. */
  protected later(ms: number, fn: () => void): void {
    const timer = this.clock.after(ms, () => {
      this.delayed.delete(timer);
      fn();
    });
    this.delayed.add(timer);
  }
}
