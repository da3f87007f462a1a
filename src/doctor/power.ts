import type { Finding } from './finding.js';
import type { Subject } from './subject.js';

const check = 'power';
const THROTTLED = '/sys/devices/platform/soc/soc:firmware/get_throttled';

/** Bits of the firmware's word, as `vcgencmd get_throttled` prints it. */
const UNDER_VOLTAGE = 1 << 0;
const THROTTLED_NOW = 1 << 2;
const UNDER_VOLTAGE_SINCE_START = 1 << 16;

/** Whether the supply of a Raspberry Pi is too weak, now or since it was started; other machines don't tell. */
export function powerCheck({ machine }: Subject): Finding[] {
  const alarms = machine
    .names('/sys/class/hwmon')
    .filter((name) => machine.text(`/sys/class/hwmon/${name}/name`) === 'rpi_volt');
  const alarm = alarms
    .map((name) => machine.text(`/sys/class/hwmon/${name}/in0_lcrit_alarm`))
    .find((text) => text !== undefined);
  const word = machine.text(THROTTLED);
  if (alarm === undefined && word === undefined) return [];
  const bits = Number.parseInt(word ?? '0', 16);
  const fix = 'vcgencmd get_throttled   # 0x0 once supply and cable are good';
  if (alarm === '1' || bits & UNDER_VOLTAGE) {
    return [{ check, level: 'bad', text: 'The supply voltage is too low now: USB devices will drop out.', fix }];
  }
  if (bits & UNDER_VOLTAGE_SINCE_START) {
    return [{ check, level: 'warn', text: 'The supply voltage was too low at some time since the start.', fix }];
  }
  if (bits & THROTTLED_NOW) {
    return [
      {
        check,
        level: 'warn',
        text: 'The processor is held back now, mostly because it is too hot.',
        fix: 'vcgencmd measure_temp',
      },
    ];
  }
  return [{ check, level: 'ok', text: 'The supply voltage is good.' }];
}
