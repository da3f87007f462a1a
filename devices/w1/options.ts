import { z } from 'zod';
import { byId, durationBetween } from '../../src/device/options.js';
import { readingOptions } from '../../src/device/reading-options.js';
import { SENSOR } from './sensors.js';

const name = z.string().min(1).max(64);

const pointOptions = z.strictObject({
  sensor: z
    .string()
    .refine((id) => SENSOR.test(id), {
      error: 'not the id of a thermometer',
      params: { hint: 'for example `28-0316a2795dff`; `ls /sys/bus/w1/devices` shows yours' },
    })
    .meta({ typeName: 'sensor id', jsonSchema: { type: 'string', pattern: SENSOR.source } })
    .describe('Its id, as the kernel names it: `ls /sys/bus/w1/devices`'),
  label: name.optional().describe('What people call it'),
  min: z.number().optional().describe('Smallest value, a hint'),
  max: z.number().optional().describe('Largest value, a hint'),
  ...readingOptions,
});

/** Everything beside `driver: w1` in a device's config. */
export const w1Options = z
  .strictObject({
    points: byId(pointOptions)
      .optional()
      .describe('Listed: only these. Not listed at all: every thermometer on the bus, under an id made of its own'),
    interval: durationBetween('1s', '1h').prefault('10s').describe('How long to wait from one round to the next'),
    resolution: z
      .int()
      .min(9)
      .max(12)
      .optional()
      .describe('Bits that the thermometers are expected to be set to; the log names those that are not'),
    root: z
      .string()
      .regex(/^\/[^\u0000]*$/, { error: 'expected a path that begins with `/`' })
      .default('/sys/bus/w1/devices')
      .meta({ typeName: 'path' })
      .describe('Where the kernel shows the bus'),
  })
  .superRefine(({ points = {} }, context) => {
    const owners = new Map<string, string>();
    for (const [id, { sensor, min, max }] of Object.entries(points)) {
      const owner = owners.get(sensor);
      if (owner === undefined) owners.set(sensor, id);
      else {
        const message = `\`${owner}\` and \`${id}\` are the same sensor`;
        context.addIssue({ code: 'custom', path: ['points', id, 'sensor'], message });
      }
      if (min === undefined || max === undefined || min < max) continue;
      context.addIssue({ code: 'custom', path: ['points', id, 'min'], message: '`min` must be below `max`' });
    }
  });

/** A 1-Wire bus as its owner configured it. */
export type W1Options = z.output<typeof w1Options>;
