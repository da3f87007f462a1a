import { HWMON, judgeSupply, THROTTLED, VOLTAGE_ALARM, VOLTAGE_SENSOR } from '../port/supply.js';
import type { Finding } from './finding.js';
import type { Subject } from './subject.js';

const check = 'power';

/** Bit of the firmware's word for a processor that is held back. */
const HELD_BACK = 1 << 2;

/** Whether the supply of a Raspberry Pi is too weak, now or since it was started; other machines don't tell. */
export function powerCheck({ machine }: Subject): Finding[] {
  const hwmon = `/sys/${HWMON}`;
  const sensors = machine.names(hwmon).filter((name) => machine.text(`${hwmon}/${name}/name`) === VOLTAGE_SENSOR);
  const alarm = sensors
    .map((name) => machine.text(`${hwmon}/${name}/${VOLTAGE_ALARM}`))
    .find((text) => text !== undefined);
  const throttled = machine.text(`/sys/${THROTTLED}`);
  const fix = 'vcgencmd get_throttled   # 0x0 once supply and cable are good';
  const supply = judgeSupply({ alarm, throttled });
  if (supply === undefined) return [];
  if (supply === 'low') {
    return [{ check, level: 'bad', text: 'The supply voltage is too low now: USB devices will drop out.', fix }];
  }
  if (supply === 'was low') {
    return [{ check, level: 'warn', text: 'The supply voltage was too low at some time since the start.', fix }];
  }
  if (Number.parseInt(throttled ?? '0', 16) & HELD_BACK) {
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
