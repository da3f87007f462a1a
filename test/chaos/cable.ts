import { damage, flipBits } from '../../devices/board/noise.js';
import type { Clock } from '../../src/clock.js';
import type { Simulator, SimulatorPort } from '../../src/device/driver-kind.js';

/** The machine's end of a cable: a port that bytes go into, and that appears and vanishes. */
export interface Jack {
  /** The device's bytes, one a character. */
  send(bytes: string): void;
  /** The port appears; what the bridge writes comes to `receive`. */
  appear(receive: (bytes: string) => void): void;
  vanish(): void;
  /** The port takes no more bytes of the bridge. */
  stall(stalling: boolean): void;
  /** It has another name when it appears again, where the bridge looks for something else than its name. */
  rename?(path: string): void;
  /** Openings fail as on a port with trouble. */
  refuse(code: string | undefined): void;
}

/** Who listens in at the device's end and at the machine's end, where every byte is still as it was said. */
export interface Taps {
  /** The device said this. */
  said(bytes: string): void;
  /** This came to the device, damage and all. */
  heard(bytes: string): void;
  plugged(): void;
  pulled(): void;
}

/** The cable between a simulated device and the bridge, with everything that can be wrong with a cable. */
export class Cable {
  /** Nothing of the device arrives. */
  mute = false;
  /** Nothing of the bridge arrives. */
  deaf = false;
  /** Each bit flips with this probability, both ways. */
  flips = 0;
  /** This part of the device's lines is damaged. */
  damaged = 0;
  /** Milliseconds that the bridge's bytes need. */
  delay = 0;
  /** The next bytes of the device lose their second half. */
  truncate = false;
  /** The port takes nothing of the bridge. */
  stalled = false;
  private isPlugged = false;
  private wire: SimulatorPort | undefined;

  constructor(
    readonly id: string,
    private readonly device: Simulator,
    private jack: Jack,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly taps: Taps,
    /** Called each time that it was pulled. */
    private readonly gone: () => void,
  ) {}

  get plugged(): boolean {
    return this.isPlugged;
  }

  /** Power and line are there: the device starts, the port appears. */
  plug(): void {
    if (this.isPlugged) return;
    this.isPlugged = true;
    this.taps.plugged();
    const wire: SimulatorPort = { send: (bytes) => this.fromDevice(bytes), receive: () => {} };
    this.wire = wire;
    this.device.plug(wire);
    this.jack.appear((bytes) => this.fromHost(bytes));
  }

  pull(): void {
    if (!this.isPlugged) return;
    this.isPlugged = false;
    this.device.unplug();
    this.wire = undefined;
    this.jack.vanish();
    this.taps.pulled();
    this.gone();
  }

  /** The two devices are pulled, and plugged into each other's sockets, where they were plugged in. */
  swap(other: Cable): void {
    const plugged = [this, other].filter((cable) => cable.isPlugged);
    for (const cable of plugged) cable.pull();
    for (const { jack } of [this, other]) jack.stall(false);
    [this.jack, other.jack] = [other.jack, this.jack];
    for (const { jack, stalled } of [this, other]) if (stalled) jack.stall(true);
    for (const cable of plugged) cable.plug();
  }

  /** The device starts anew while its port stays, as after a watchdog or a brown-out of the board only. */
  reset(): void {
    if (!this.wire) return;
    this.taps.plugged();
    this.device.plug(this.wire);
  }

  /** Bytes that no device said come over the line. */
  inject(bytes: string): void {
    if (this.isPlugged) this.jack.send(bytes);
  }

  stall(stalling: boolean): void {
    this.stalled = stalling;
    this.jack.stall(stalling);
  }

  /** When it is plugged in again it is at another port. */
  rename(path: string): void {
    this.jack.rename?.(path);
  }

  refuse(code: string | undefined): void {
    this.jack.refuse(code);
  }

  private fromDevice(bytes: string): void {
    this.taps.said(bytes);
    if (this.mute || !this.isPlugged) return;
    let out = this.random() < this.damaged ? `${damage(bytes.trimEnd(), this.random)}\n` : bytes;
    if (this.truncate) {
      this.truncate = false;
      out = out.slice(0, Math.floor(out.length / 2));
    }
    this.jack.send(flipBits(out, this.flips, this.random));
  }

  private fromHost(bytes: string): void {
    const { wire } = this;
    if (this.deaf || !wire) return;
    const arrive = () => {
      // What was on its way to a device that was pulled meanwhile reaches nobody.
      if (this.wire !== wire) return;
      const heard = flipBits(bytes, this.flips, this.random);
      this.taps.heard(heard);
      wire.receive(heard);
    };
    if (this.delay === 0) arrive();
    else this.clock.after(this.delay, arrive);
  }
}
