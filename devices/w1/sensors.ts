import type { DeviceIo } from '../../src/device/driver.js';
import { BridgeError, isBridgeError } from '../../src/error.js';

/** Thermometers by their family: DS18S20, DS1822, DS18B20, DS1825, DS28EA00. */
export const SENSOR = /^(10|22|28|3b|42)-[0-9a-f]{12}$/;

/** The kernel numbers its buses from 1 and gives the lowest free number. */
const MAX_BUSES = 8;

/** The thermometers that the kernel has found, on all buses; rejects with `w1/no-bus` where there is none. */
export async function findSensors(io: DeviceIo, root: string): Promise<string[]> {
  const lists: string[] = [];
  for (let n = 1; n <= MAX_BUSES; n++) {
    const list = await listOf(io, `${root}/w1_bus_master${n}/w1_master_slaves`);
    if (list !== undefined) lists.push(list);
  }
  if (lists.length === 0) {
    throw new BridgeError('w1/no-bus', 'this machine has no 1-Wire bus', {
      hint: 'on a Raspberry Pi: `dtoverlay=w1-gpio` in config.txt, then restart',
    });
  }
  const names = lists.flatMap((list) => list.split('\n')).map((line) => line.trim());
  return [...new Set(names.filter((id) => SENSOR.test(id)))].sort();
}

async function listOf(io: DeviceIo, path: string): Promise<string | undefined> {
  try {
    return await io.readText(path);
  } catch (error) {
    if (isBridgeError(error, 'file/missing')) return undefined;
    throw error;
  }
}
