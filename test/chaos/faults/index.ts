import { CABLE_FAULTS } from './cables.js';
import { DEVICE_FAULTS } from './devices.js';
import type { FaultKind } from './fault.js';
import { HOST_FAULTS } from './host.js';
import { PHONE_FAULTS } from './phones.js';
import { RELAY_FAULTS } from './relays.js';

/** Every kind of trouble. */
export const FAULTS: readonly FaultKind[] = [
  ...CABLE_FAULTS,
  ...DEVICE_FAULTS,
  ...RELAY_FAULTS,
  ...PHONE_FAULTS,
  ...HOST_FAULTS,
];
