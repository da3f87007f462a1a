import type { DeviceIo } from '../../src/device/driver.js';
import type { PointSpec, Reading } from '../../src/device/point.js';
import { describeError, isBridgeError } from '../../src/error.js';
import { printable } from '../../src/text.js';
import { type Measurement, plausible, readSlaveFile, readTemperatureFile } from './measurement.js';

/** Troubles of one sensor's file, which leave the bus as it is. */
const UNREADABLE = ['file/failed', 'file/denied', 'file/timeout', 'file/too-large'];

/** One thermometer on the bus, and the point that it is. */
export class Thermometer {
  private last: number | undefined;
  private trouble: string | undefined;
  private isChecked = false;

  constructor(
    readonly sensor: string,
    readonly spec: PointSpec,
    private readonly io: DeviceIo,
    private readonly root: string,
  ) {}

  /** Lets the sensor measure, which takes up to 750 ms, and reads it: unknown where it has nothing to say. */
  async read(): Promise<Reading> {
    const measured = plausible(await this.measure(), this.last);
    this.tell('trouble' in measured ? measured.trouble : undefined);
    const value = 'trouble' in measured ? null : measured.celsius;
    this.last = value ?? undefined;
    return { point: this.spec.id, value };
  }

  /** Warns once where the sensor is set to another number of bits. */
  async checkResolution(bits: number): Promise<void> {
    if (this.isChecked) return;
    const path = `${this.root}/${this.sensor}/resolution`;
    try {
      const text = await this.text('resolution');
      this.isChecked = text !== undefined;
      if (text === undefined || Number(text) === bits) return;
      const fix = `echo ${bits} | sudo tee ${path}`;
      this.io.log.warn({}, `${this.sensor} is set to ${printable(text.trim(), 10)} bits and not to ${bits}: ${fix}`);
    } catch (error) {
      // What is wrong with the sensor itself comes to light when it is read.
      if (!isBridgeError(error, ...UNREADABLE)) throw error;
      this.isChecked = true;
      this.io.log.warn({}, `the resolution of ${this.sensor} is not known: ${error.message}`);
    }
  }

  private async measure(): Promise<Measurement> {
    try {
      const slave = await this.text('w1_slave');
      if (slave !== undefined) return readSlaveFile(slave);
      const temperature = await this.text('temperature');
      return temperature === undefined ? { trouble: 'it is not on the bus' } : readTemperatureFile(temperature);
    } catch (error) {
      if (isBridgeError(error, 'file/timeout')) return { trouble: 'it does not answer' };
      if (isBridgeError(error, ...UNREADABLE)) return { trouble: describeError(error) };
      throw error;
    }
  }

  /** One of the sensor's files; undefined where there is none. */
  private async text(name: string): Promise<string | undefined> {
    try {
      return await this.io.readText(`${this.root}/${this.sensor}/${name}`);
    } catch (error) {
      if (isBridgeError(error, 'file/missing')) return undefined;
      throw error;
    }
  }

  /** Says once what is wrong, and once that it is over. */
  private tell(trouble: string | undefined): void {
    const { log } = this.io;
    const fields = { sensor: this.sensor };
    if (trouble !== undefined) this.io.ignored('no measurement', `${this.sensor}: ${trouble}`);
    if (trouble === this.trouble) return;
    if (trouble === undefined) log.info(fields, `${this.spec.id} measures again`);
    else log.warn(fields, `${this.spec.id} is unknown: ${trouble}`);
    this.trouble = trouble;
  }
}
