import { z } from 'zod';
import { value } from '../../device/options.js';
import { fitsType, type PointSpec, type Value } from '../../device/point.js';
import { ALL_TYPES, type FilterKind } from './filter.js';

interface Words {
  readonly by: ReadonlyMap<string, Value>;
  /** They come from a list of texts, which have the type of the point. */
  readonly texts: boolean;
}

const ARROW = /^\s*(.+?)\s*->\s*(.+?)\s*$/;

const mapping = z
  .record(z.string().meta({ typeName: 'value' }), value)
  .refine((words) => Object.keys(words).length > 0, { error: 'is empty' })
  .transform((words): Words => ({ by: new Map(Object.entries(words)), texts: false }));

const list = z
  .array(z.string().regex(ARROW, { error: 'expected `from -> to`' }).meta({ typeName: '`from -> to`' }))
  .min(1)
  .transform((lines, context): Words => {
    const by = new Map(
      lines.map((line) => {
        const [, from = '', to = ''] = ARROW.exec(line) ?? [];
        return [from, to];
      }),
    );
    if (by.size < lines.length) context.addIssue({ code: 'custom', message: 'the same value twice' });
    return { by, texts: true };
  });

const options = z
  .union([mapping, list])
  .meta({ typeName: 'a mapping of values, or a list of `from -> to`' })
  .describe('Puts other values in the place of some, of the same type; the rest pass as they are');

/** Puts other values in the place of some. */
export const map: FilterKind<Value, Words> = {
  options,
  takes: ALL_TYPES,
  rescales: true,
  problem: ({ by, texts }, spec) => {
    const type = spec.type === 'enum' ? 'string' : spec.type;
    const wrong = [...by.values()].find((word) => !fitsType({ type }, texts ? asType(type, String(word)) : word));
    if (wrong !== undefined) return `\`${String(wrong)}\` is no value of this ${spec.type}`;
    const { options } = spec;
    const stranger = spec.type === 'enum' && options && [...by.keys()].find((word) => !options.includes(word));
    return stranger ? `\`${stranger}\` is none of the point's options` : undefined;
  },
  behind: (words, spec) => (spec.options ? { ...spec, options: optionsBehind(words, spec.options) } : spec),
  stage: ({ by, texts }, emit) => ({
    take: (value, at) => {
      const word = by.get(String(value)) ?? value;
      emit(texts ? asType(typeof value, String(word)) : word, at);
    },
    reset: () => {},
  }),
};

/** A text as a value of a type, where it is one. */
function asType(type: string, text: string): Value {
  if (type === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return type === 'number' ? Number(text) : text;
}

function optionsBehind({ by }: Words, options: NonNullable<PointSpec['options']>): readonly string[] {
  return [...new Set(options.map((option) => String(by.get(option) ?? option)))];
}
