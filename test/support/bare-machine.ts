import type { DeviceParts } from '../../src/device/device.js';
import { silentLog } from '../../src/log.js';
import { noPins } from './no-pins.js';

/** What a device has around it on a machine without lines, files and pins, where nothing appears and nobody reads the log. */
export const bareMachine = {
  openLine: () => Promise.reject(new Error('this machine has no lines')),
  readText: () => Promise.reject(new Error('this machine has no files')),
  pins: noPins,
  watch: () => () => {},
  random: () => 1,
  log: silentLog,
} satisfies Partial<DeviceParts>;
