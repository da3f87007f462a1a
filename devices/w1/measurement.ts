/** What one look at a thermometer gave: a temperature in °C, or why there is none. */
export type Measurement =
  | {
      readonly celsius: number;
      /** True where the sensor proves that it has measured since power-on. */
      readonly proven: boolean;
    }
  | { readonly trouble: string };

/** What a thermometer says from power-on until it has measured. */
const POWER_ON = 85;
/** A temperature moves no further between two rounds, so that 85 °C after this is believed. */
const NEAR = 5;
/** What these sensors can measure, by their data sheet. */
const COLDEST = -55;
const HOTTEST = 125;

const SLAVE_FILE = /^((?:[0-9a-f]{2} ){9}): crc=[0-9a-f]{2} (YES|NO)\s+(?:[0-9a-f]{2} ){9}t=(-?\d{1,6})\s*$/;

/** Understands `w1_slave`: nine bytes, the kernel's verdict on their checksum, and thousandths of a degree. */
export function readSlaveFile(text: string): Measurement {
  const [, bytes = '', verdict, thousandths] = SLAVE_FILE.exec(text) ?? [];
  if (verdict === undefined) return { trouble: 'what the kernel says of it is no measurement' };
  if (verdict !== 'YES') return { trouble: 'its answer came garbled' };
  // A short circuit reads as zeros, and their checksum is right.
  if (/^(00 )+$/.test(bytes)) return { trouble: 'it answers nothing but zeros' };
  // The seventh byte is 0c from power-on on; a measurement of whole degrees leaves 10.
  return within(Number(thousandths), bytes.split(' ')[6] === '10');
}

/** Understands `temperature`, which holds thousandths of a degree and nothing else. */
export function readTemperatureFile(text: string): Measurement {
  if (!/^-?\d{1,6}\s*$/.test(text)) return { trouble: 'what the kernel says of it is no measurement' };
  return within(Number(text), false);
}

/** Refuses the power-on value, unless the sensor proves it or was near it before. */
export function plausible(measured: Measurement, before: number | undefined): Measurement {
  if ('trouble' in measured || measured.celsius !== POWER_ON || measured.proven) return measured;
  if (before !== undefined && Math.abs(before - POWER_ON) <= NEAR) return measured;
  return { trouble: 'it says 85 °C, as it does when it has lost power and not measured since' };
}

function within(thousandths: number, proven: boolean): Measurement {
  const celsius = thousandths / 1000;
  if (celsius < COLDEST || celsius > HOTTEST) return { trouble: `${celsius} °C is nothing that it can measure` };
  return { celsius, proven };
}
