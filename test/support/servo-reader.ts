import { AVR_HZ } from '../../devices/board/avr-chip.js';
import type { AvrPins } from '../../devices/board/avr-pins.js';

/** What a servo hears on its pin: the width of each pulse. */
export class ServoReader {
  /** Microseconds of the last pulse; undefined before the first one. */
  micros: number | undefined;
  /** Cycle at which it ended. */
  at = 0;
  pulses = 0;

  constructor(pins: AvrPins, pin: number) {
    let risen: number | undefined;
    pins.onEdge(pin, (high, cycle) => {
      if (!high && risen !== undefined) {
        this.micros = ((cycle - risen) * 1_000_000) / AVR_HZ;
        this.at = cycle;
        this.pulses++;
      }
      risen = high ? cycle : undefined;
    });
  }

  /** The position that the last pulse asks for, 0 to 180 degrees for 544 to 2400 µs, as the Servo library has it. */
  get degrees(): number | undefined {
    return this.micros === undefined ? undefined : ((this.micros - 544) * 180) / (2_400 - 544);
  }
}
