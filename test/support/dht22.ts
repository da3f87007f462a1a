import { AVR_HZ, type AvrChip } from '../../devices/board/avr-chip.js';
import type { AvrPins } from '../../devices/board/avr-pins.js';

const US = AVR_HZ / 1_000_000;
/** The host holds the line low for at least this long to ask; microseconds, as all below. */
const ASK = 800;
const REPLY_AFTER = 30;
const REPLY = 80;
const LOW = 50;
const ZERO = 27;
const ONE = 70;

/** A DHT22 (AM2302) on a pin, with its pull-up: asked, it says humidity and temperature in 40 bits. */
export class Dht22 {
  /** Percent, in tenths. */
  humidity = 50;
  /** °C, in tenths. */
  temperature = 20;
  /** Does not answer. */
  silent = false;
  /** How often it was asked. */
  asked = 0;

  private lowSince: number | undefined;
  private busy = false;

  constructor(
    private readonly chip: AvrChip,
    private readonly pins: AvrPins,
    private readonly pin: number,
  ) {
    pins.drive(pin, true);
    pins.onEdge(pin, (high, cycle) => this.edge(high, cycle));
  }

  /** The five bytes that it says. */
  get bytes(): number[] {
    const humidity = Math.round(this.humidity * 10);
    const tenths = Math.round(Math.abs(this.temperature) * 10);
    const temperature = this.temperature < 0 ? tenths | 0x8000 : tenths;
    const bytes = [humidity >> 8, humidity & 0xff, temperature >> 8, temperature & 0xff];
    return [...bytes, bytes.reduce((sum, byte) => sum + byte, 0) & 0xff];
  }

  private edge(high: boolean, cycle: number): void {
    if (this.busy) return;
    const asked = high && this.lowSince !== undefined && cycle - this.lowSince >= ASK * US;
    this.lowSince = high ? undefined : cycle;
    if (!asked) return;
    this.asked++;
    if (!this.silent) this.answer();
  }

  private answer(): void {
    this.busy = true;
    let at = REPLY_AFTER;
    const hold = (level: boolean, micros: number) => {
      this.chip.after(at * US, () => this.pins.drive(this.pin, level));
      at += micros;
    };
    hold(false, REPLY);
    hold(true, REPLY);
    for (const byte of this.bytes) {
      for (let bit = 7; bit >= 0; bit--) {
        hold(false, LOW);
        hold(true, (byte >> bit) & 1 ? ONE : ZERO);
      }
    }
    hold(false, LOW);
    hold(true, 0);
    this.chip.after(at * US + 1, () => {
      this.busy = false;
    });
  }
}
