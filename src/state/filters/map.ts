import { z } from 'zod';
import { value } from '../../device/options.js';
import { fitsType, type PointSpec, type Value } from '../../device/point.js';
import { ALL_TYPES, each, type FilterKind } from './filter.js';

type Words = ReadonlyMap<string, Value>;

const options = z
  .record(z.string().meta({ typeName: 'value' }), value)
  .refine((words) => Object.keys(words).length > 0, { error: 'is empty' })
  .transform((words): Words => new Map(Object.entries(words)))
  .meta({ typeName: 'a mapping of values' })
  .describe('Puts other values in the place of some, of the same type; the rest pass as they are');

/** Puts other values in the place of some. */
export const map: FilterKind<Value, Words> = {
  options,
  takes: ALL_TYPES,
  rescales: true,
  problem: (words, spec) => {
    const type = { type: spec.type === 'enum' ? 'string' : spec.type } as const;
    const wrong = [...words.values()].find((word) => !fitsType(type, word));
    if (wrong !== undefined) return `\`${String(wrong)}\` is no value of this ${spec.type}`;
    const { options } = spec;
    const stranger = spec.type === 'enum' && options && [...words.keys()].find((word) => !options.includes(word));
    return stranger ? `\`${stranger}\` is none of the point's options` : undefined;
  },
  behind: (words, spec) => (spec.options ? { ...spec, options: optionsBehind(words, spec.options) } : spec),
  stage: (words, emit) => each(emit, (value) => words.get(String(value)) ?? value),
};

function optionsBehind(words: Words, options: NonNullable<PointSpec['options']>): readonly string[] {
  return [...new Set(options.map((option) => String(words.get(option) ?? option)))];
}
