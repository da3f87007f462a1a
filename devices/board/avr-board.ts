import type { Clock, Timer } from '../../src/clock.js';
import type { Simulator, SimulatorPort } from '../../src/device/driver-kind.js';
import { seededRandom } from '../../src/device/seeded-random.js';
import { AvrCable } from './avr-cable.js';
import { AVR_FLASH_BYTES, AVR_HZ, AvrChip } from './avr-chip.js';
import { AvrPins } from './avr-pins.js';
import { parseIntelHex } from './intel-hex.js';

const CYCLES_PER_MS = AVR_HZ / 1_000;
/** What is emulated in one go at most: the event loop has other work, too. */
const MAX_SLICE_MS = 25;

/** How an emulated board behaves, where it is not as an Uno on a USB cable. */
export interface AvrBoardOptions {
  /** Equal seeds find equal things in the memory at power-on. */
  readonly seed?: number;
  /** `bus`: the cable is its power; `own`: it runs on without the cable, from the first plug to `powerOff`. */
  readonly power?: 'bus' | 'own';
  /** Whether a plugged cable restarts a board that is powered on its own, as by the line DTR. */
  readonly resetOnPlug?: boolean;
  /** Milliseconds that a boot loader waits after a reset, in which it eats what it hears. */
  readonly bootLoaderMs?: number;
  /** Milliseconds between two pieces of emulation. */
  readonly sliceMs?: number;
  /** Bits per second of the host's bytes. */
  readonly baud?: number;
}

/**
 * An Arduino Uno that runs the program of a hex file, behind a wire. It follows the clock: what the program does in a
 * millisecond is done in a millisecond of the clock. Where the machine is too slow for that, time is left out and counted.
 */
export class AvrBoard implements Simulator {
  readonly chip: AvrChip;
  readonly pins: AvrPins;
  readonly cable: AvrCable;
  /** Milliseconds that were not emulated because the machine was too slow or stood still. */
  skippedMs = 0;

  private readonly random: () => number;
  private readonly options: Required<Omit<AvrBoardOptions, 'seed' | 'baud'>>;
  private port: SimulatorPort | undefined;
  private timer: Timer | undefined;
  private said = '';
  /** A time of the clock, and the chip's cycle then; undefined while it is off. */
  private origin: { ms: number; cycle: number } | undefined;

  /** Throws `firmware/hex` where `hex` is no program for this chip. */
  constructor(
    private readonly clock: Clock,
    hex: string,
    { seed = 1, baud = 115_200, ...options }: AvrBoardOptions = {},
  ) {
    this.options = { power: 'bus', resetOnPlug: true, bootLoaderMs: 0, sliceMs: 2, ...options };
    this.random = seededRandom(seed);
    this.chip = new AvrChip(parseIntelHex(hex, AVR_FLASH_BYTES));
    this.pins = new AvrPins(this.chip, () => this.follow());
    this.cable = new AvrCable(this.chip, baud);
    this.chip.onReset = (core) => {
      this.pins.attach(core);
      core.usart.onByte = (byte) => {
        this.said += String.fromCharCode(byte);
      };
    };
  }

  get running(): boolean {
    return this.origin !== undefined;
  }

  plug(port: SimulatorPort): void {
    if (this.port) this.unplug();
    this.port = port;
    port.receive = (bytes) => {
      this.follow();
      this.cable.push(bytes);
    };
    if (!this.running) this.powerOn();
    else if (this.options.resetOnPlug) this.reset();
  }

  unplug(): void {
    this.follow();
    if (this.port) this.port.receive = () => {};
    this.port = undefined;
    this.cable.clear();
    if (this.options.power === 'bus') this.powerOff();
  }

  /** A press on its button, or the line DTR. */
  reset(): void {
    if (!this.running) return;
    this.follow();
    this.chip.reset('external', this.options.bootLoaderMs * CYCLES_PER_MS);
  }

  powerOff(): void {
    this.timer?.cancel();
    this.timer = undefined;
    this.origin = undefined;
    this.chip.powerOff();
  }

  /** The time of the clock at one of the chip's cycles since the last time that was left out; undefined while it is off. */
  momentOf(cycle: number): number | undefined {
    return this.origin && this.origin.ms + (cycle - this.origin.cycle) / CYCLES_PER_MS;
  }

  /** Emulates up to this moment of the clock; usually it does so by itself. */
  follow(): void {
    if (!this.origin || this.chip.running) return;
    const target = this.origin.cycle + (this.clock.now() - this.origin.ms) * CYCLES_PER_MS;
    const late = target - this.chip.cycles - MAX_SLICE_MS * CYCLES_PER_MS;
    if (late > 0) {
      this.origin.cycle -= late;
      this.skippedMs += late / CYCLES_PER_MS;
    }
    this.chip.run(Math.floor(target - Math.max(0, late)));
    if (this.said === '') return;
    const { said } = this;
    this.said = '';
    // A board that nobody listens to speaks all the same.
    this.port?.send(said);
  }

  private powerOn(): void {
    this.chip.powerOn(this.random);
    this.origin = { ms: this.clock.now(), cycle: this.chip.cycles };
    this.schedule();
  }

  private schedule(): void {
    this.timer = this.clock.after(this.options.sliceMs, () => {
      this.schedule();
      this.follow();
    });
  }
}
