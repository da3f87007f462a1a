import { z } from 'zod';
import { baud, byId, durationBetween, pointId, portAddressOrAuto } from '../../src/device/options.js';
import { outputOptions } from '../../src/device/output-options.js';
import { readingOptions } from '../../src/device/reading-options.js';

/** Everything beside `driver: board` in a device's config. */
export const boardOptions = z.strictObject({
  port: portAddressOrAuto.describe(
    'Where the board is: a path, its USB identity, or `auto`: the port on which it answers',
  ),
  baud: baud.default(115_200).describe('Bits per second, as in `Serial.begin`'),
  id: pointId.optional().describe('The id that the board must say; any board where absent'),
  points: byId(z.strictObject({ ...readingOptions, ...outputOptions }))
    .optional()
    .describe(
      'What is to become of the readings of some of its points, and what its outputs may; the points themselves are described by the board',
    ),
  boot: durationBetween('500ms', '10s')
    .prefault('5s')
    .describe('How long the board may take to answer: many boards start anew when their port is opened'),
  dtr: z.boolean().optional().describe('The DTR line right after opening; as the system sets it where absent'),
  rts: z.boolean().optional().describe('The RTS line right after opening; as the system sets it where absent'),
});

/** A `board` device as its owner configured it. */
export type BoardOptions = z.output<typeof boardOptions>;
