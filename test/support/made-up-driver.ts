import { z } from 'zod';
import type { DriverKind, DriverRegister } from '../../src/device/driver-kind.js';
import { baud, byId, duration, pointId, portAddressOrAuto, value } from '../../src/device/options.js';

const options = z.strictObject({
  port: portAddressOrAuto.describe('Where it is'),
  baud: baud.default(9600),
  settle: duration.optional(),
  shape: z
    .union([
      z.enum(['auto', 'json']),
      z.strictObject({ csv: z.array(z.string()).min(1) }),
      z.strictObject({ regex: z.string() }),
    ])
    .default('auto'),
  loud: z.boolean().default(false),
  alias: pointId.optional(),
  points: byId(
    z.strictObject({
      role: z.enum(['sensor', 'actuator']).optional(),
      min: z.number().optional(),
      max: z.number().optional(),
      safe: value.optional(),
    }),
  ).optional(),
});

/** A kind of device that exists only in tests of the config. */
const madeUp: DriverKind<z.output<typeof options>> = {
  kind: 'madeup',
  summary: 'A device that does not exist.',
  options,
  inFlight: 'device',
  pulses: false,
  create: () => {
    throw new Error('a made-up device can not be created');
  },
};

export const madeUpDrivers: DriverRegister = new Map([['madeup', madeUp as DriverKind]]);
