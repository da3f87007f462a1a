import { CABLE_FAULTS } from './cables.js';
import { CONFIG_FAULTS } from './configs.js';
import { DEVICE_FAULTS } from './devices.js';
import { DISK_FAULTS } from './disks.js';
import type { FaultKind } from './fault.js';
import { HOST_FAULTS } from './host.js';
import { PHONE_FAULTS } from './phones.js';
import { PIN_FAULTS } from './pins.js';
import { PROCESS_FAULTS } from './process.js';
import { RELAY_FAULTS } from './relays.js';
import { STATE_FAULTS } from './state-files.js';

/** Every kind of trouble. */
export const FAULTS: readonly FaultKind[] = [
  ...CABLE_FAULTS,
  ...DEVICE_FAULTS,
  ...RELAY_FAULTS,
  ...PHONE_FAULTS,
  ...HOST_FAULTS,
  ...DISK_FAULTS,
  ...PROCESS_FAULTS,
  ...STATE_FAULTS,
  ...CONFIG_FAULTS,
  ...PIN_FAULTS,
];
