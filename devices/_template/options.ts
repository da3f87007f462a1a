import { z } from 'zod';
import { baud, portAddress } from '../../src/device/options.js';

/**
 * What a user may write beside `driver:`. Strict, so that a misspelt key is an error and not a surprise at night.
 * The descriptions become the reference.
 */
export const templateOptions = z.strictObject({
  port: portAddress.describe('Where the board is: a path or its USB identity'),
  baud: baud.default(9600).describe('Bits per second, as in `Serial.begin`'),
});

/** A device of this kind as its owner configured it. */
export type TemplateOptions = z.output<typeof templateOptions>;
