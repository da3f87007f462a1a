import type { Clock, Timer } from '../../src/clock.js';
import type { FileSimulator, SimulatorFiles } from '../../src/device/driver-kind.js';
import type { W1Options } from './options.js';

/** Sensors of a bus whose config lists none. */
const UNNAMED = ['28-0316a2795dff', '28-0416b1c0ffee'];
const MASTER = 'w1_bus_master1';
const TICK_MS = 1_000;
/** One swing up and down, in milliseconds. */
const SWING_MS = 60_000;

/** How a simulated sensor behaves. power-on: as if it had lost its power and not measured since. */
export type SensorMood = 'well' | 'garbled' | 'zeros' | 'power-on';

/** A 1-Wire bus with thermometers as the kernel shows it. Its trouble is switchable. */
export class W1Simulator implements FileSimulator {
  /** The sensors on the bus; a test takes one off by removing it, which counts from the next second on. */
  readonly sensors = new Map<string, SensorMood>();
  private files: SimulatorFiles | undefined;
  private tick: Timer | undefined;
  /** Thousandths of a degree by sensor, as the files say. */
  private readonly shown = new Map<string, number>();

  constructor(
    options: W1Options,
    private readonly clock: Clock,
    private readonly seed: number,
  ) {
    const listed = Object.values(options.points ?? {}).map(({ sensor }) => sensor);
    for (const sensor of options.points ? listed : UNNAMED) this.sensors.set(sensor, 'well');
  }

  plug(files: SimulatorFiles): void {
    this.unplug();
    this.files = files;
    this.show(files);
  }

  unplug(): void {
    this.tick?.cancel();
    for (const sensor of this.shown.keys()) this.files?.remove(sensor);
    this.files?.remove(MASTER);
    this.shown.clear();
    this.files = undefined;
  }

  /** What a sensor's file says now, in °C; undefined where the sensor is not on the bus. */
  celsius(sensor: string): number | undefined {
    const thousandths = this.shown.get(sensor);
    return thousandths === undefined ? undefined : thousandths / 1000;
  }

  private show(files: SimulatorFiles): void {
    const present = [...this.sensors.keys()];
    for (const sensor of this.shown.keys()) if (!this.sensors.has(sensor)) files.remove(sensor);
    this.shown.clear();
    files.write(`${MASTER}/w1_master_slaves`, present.length > 0 ? `${present.join('\n')}\n` : 'not found.\n');
    for (const [sensor, mood] of this.sensors) {
      files.write(`${sensor}/resolution`, '12\n');
      const { text, thousandths } = slaveFile(scratchpadOf(this.sixteenths(sensor), mood), mood);
      files.write(`${sensor}/w1_slave`, text);
      this.shown.set(sensor, thousandths);
    }
    this.tick = this.clock.after(TICK_MS, () => this.show(files));
  }

  /** A temperature around 20 °C in the sensor's own unit; no two sensors agree. */
  private sixteenths(sensor: string): number {
    const phase = Number.parseInt(sensor.slice(-4), 16) + this.seed;
    return Math.round(16 * (20 + 5 * Math.sin((2 * Math.PI * this.clock.now()) / SWING_MS + phase)));
  }
}

/** The nine bytes of a DS18B20's memory at a temperature. */
function scratchpadOf(sixteenths: number, mood: SensorMood): number[] {
  if (mood === 'zeros') return new Array<number>(9).fill(0);
  const raw = mood === 'power-on' ? 0x550 : sixteenths;
  const rest = mood === 'power-on' ? 0x0c : 0x10 - (raw & 0xf);
  const bytes = [raw & 0xff, (raw >> 8) & 0xff, 0x4b, 0x46, 0x7f, 0xff, rest, 0x10];
  return [...bytes, crc8(bytes)];
}

/** The file as the kernel writes it, and the number at its end. */
function slaveFile(bytes: readonly number[], mood: SensorMood): { text: string; thousandths: number } {
  const sent = mood === 'garbled' ? bytes.map((byte, i) => (i === 0 ? byte ^ 0x80 : byte)) : bytes;
  const [low = 0, high = 0] = sent;
  const crc = sent.at(-1) ?? 0;
  const hex = sent.map((byte) => `${byte.toString(16).padStart(2, '0')} `).join('');
  const verdict = crc8(sent.slice(0, -1)) === crc ? 'YES' : 'NO';
  const thousandths = Math.trunc((((high << 24) >> 16) | low) * 62.5);
  const text = `${hex}: crc=${crc.toString(16).padStart(2, '0')} ${verdict}\n${hex}t=${thousandths}\n`;
  return { text, thousandths };
}

/** The Dallas/Maxim checksum, as in Maxim's application note 27. */
function crc8(bytes: readonly number[]): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >> 1) ^ 0x8c : crc >> 1;
  }
  return crc;
}
