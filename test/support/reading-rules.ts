import { z } from 'zod';
import type { ReadingRules } from '../../src/device/intake.js';
import { readingOptions, readingOptionsOf } from '../../src/device/reading-options.js';

const points = z.record(z.string(), z.strictObject(readingOptions));

/** What becomes of readings by point, as a config has it. */
export type WrittenReadings = z.input<typeof points>;

/** The same as a device gets it. */
export function readingRules(written: WrittenReadings, ownLimits = false): ReadingRules {
  return { points: readingOptionsOf({ points: points.parse(written) }), ownLimits };
}
