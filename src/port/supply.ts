import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How the supply of a Raspberry Pi is: too low now, too low at some time since the start, or good. */
export type Supply = 'low' | 'was low' | 'good';

/** What its kernel says of that; undefined where it does not. */
export interface SupplyWords {
  /** `in0_lcrit_alarm` of the sensor `rpi_volt`. */
  readonly alarm: string | undefined;
  /** The firmware's word, as `vcgencmd get_throttled` prints it. */
  readonly throttled: string | undefined;
}

/** Where they are, below the folder of sysfs. */
export const HWMON = 'class/hwmon';
export const THROTTLED = 'devices/platform/soc/soc:firmware/get_throttled';
export const VOLTAGE_SENSOR = 'rpi_volt';
export const VOLTAGE_ALARM = 'in0_lcrit_alarm';

/** Bits of the firmware's word. */
const LOW = 1 << 0;
const LOW_SINCE_START = 1 << 16;

/** What the kernel's words mean; undefined on machines that don't tell. */
export function judgeSupply({ alarm, throttled }: SupplyWords): Supply | undefined {
  if (alarm === undefined && throttled === undefined) return undefined;
  const bits = Number.parseInt(throttled ?? '0', 16);
  if (alarm === '1' || bits & LOW) return 'low';
  return bits & LOW_SINCE_START ? 'was low' : 'good';
}

/** How the supply of the machine is whose kernel shows itself at `sys`; undefined where it does not tell. Never rejects. */
export async function readSupply(sys: string): Promise<Supply | undefined> {
  const text = (path: string) =>
    readFile(join(sys, path), 'latin1').then(
      (content) => content.trim(),
      () => undefined,
    );
  const sensors = await readdir(join(sys, HWMON)).catch(() => []);
  const alarms = sensors.map(async (name) => {
    const isVoltage = (await text(`${HWMON}/${name}/name`)) === VOLTAGE_SENSOR;
    return isVoltage ? await text(`${HWMON}/${name}/${VOLTAGE_ALARM}`) : undefined;
  });
  const alarm = (await Promise.all(alarms)).find((said) => said !== undefined);
  return judgeSupply({ alarm, throttled: await text(THROTTLED) });
}
