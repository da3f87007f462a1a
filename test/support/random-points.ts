import fc from 'fast-check';
import type { PointSpec } from '../../src/device/point.js';

const id = fc.stringMatching(/^[a-z][a-z0-9_]{0,15}$/);
const text = fc.oneof(fc.string({ maxLength: 60 }), fc.constantFrom('°C', '%', 'V', 'Temperature', ''));
const number = fc.oneof(fc.integer({ min: -1000, max: 1000 }), fc.double());
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** Any point that a driver may describe, sensible or not. */
const anyPoint: fc.Arbitrary<PointSpec> = fc
  .record({
    id,
    role: fc.constantFrom('sensor', 'actuator', 'event'),
    type: fc.constantFrom('boolean', 'number', 'enum', 'string'),
    label: optional(text),
    unit: optional(text),
    min: optional(number),
    max: optional(number),
    step: optional(number),
    options: optional(fc.array(text, { maxLength: 8 })),
    within: optional(fc.integer({ min: 1, max: 60_000 })),
    rules: optional(
      fc.record(
        {
          pulse: fc.integer({ min: 10, max: 60_000 }),
          holdToRun: fc.boolean(),
          arm: fc.integer({ min: 1_000, max: 300_000 }),
          maxOn: fc.integer({ min: 10, max: 60_000 }),
        },
        { requiredKeys: [] },
      ),
    ),
  })
  .map((spec) => {
    const given = Object.entries(spec).filter(([, value]) => value !== undefined);
    return Object.fromEntries(given) as unknown as PointSpec;
  });

/** Devices with any points, each id once. */
export const anyDevices = fc.uniqueArray(
  fc.record({ id, points: fc.uniqueArray(anyPoint, { maxLength: 12, selector: (point) => point.id }) }),
  { maxLength: 5, selector: (device) => device.id },
);
