import { z } from 'zod';
import { byId } from '../../src/device/options.js';
import { pointOptions } from './point-options.js';

/** Everything beside `driver: gpio` in a device's config. */
export const gpioOptions = z
  .strictObject({
    backend: z
      .enum(['auto', 'chardev', 'sysfs'])
      .default('auto')
      .describe('The kernel’s interface: the character device where it works, else sysfs'),
    chip: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .describe('Label or name of the chip, where it is not the one of the Pi’s header'),
    base: z
      .int()
      .min(0)
      .max(1_000_000)
      .optional()
      .describe('Number of its first line in sysfs, where the label does not tell'),
    points: byId(pointOptions).describe('The pins'),
  })
  .superRefine(({ points }, context) => {
    const owners = new Map<number, string>();
    for (const [id, { pin, pins, pwm }] of Object.entries(points)) {
      // A PWM channel that is named has its pin for the reader only.
      const taken = pwm?.channel !== undefined ? [] : (pins ?? (pin === undefined ? [] : [pin]));
      for (const number of taken) {
        const owner = owners.get(number);
        owners.set(number, owner ?? id);
        if (owner === undefined || owner === id) continue;
        const params = { hint: 'one pin has one point' };
        const path = ['points', id, pins ? 'pins' : 'pin'];
        context.addIssue({ code: 'custom', path, message: `\`${owner}\` has pin ${number} already`, params });
      }
    }
  });

/** A bank of pins as its owner configured it. */
export type GpioOptions = z.output<typeof gpioOptions>;
