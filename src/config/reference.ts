import { z } from 'zod';
import type { DriverRegister } from '../device/driver-kind.js';
import { filterList } from '../state/filters/options.js';
import { configSchema } from './schema.js';
import { bare, branches, inside, notesOf, type SchemaNotes } from './schema-walk.js';
import { expectation } from './wording.js';

/** One line of the reference. */
interface Row {
  readonly path: string;
  readonly type: string;
  readonly fallback: string;
  readonly meaning: string;
}

/** The reference of everything that a config may hold, as Markdown; made of the schemas, the drivers' included. */
export function configMarkdown(drivers: DriverRegister): string {
  const lines = [
    '# Configuration',
    '',
    'Made by `npm run docs` from the schemas; do not edit. Editors that know JSON Schema can use [config.schema.json](config.schema.json).',
    '',
    'A config is one YAML (or JSON) file. Unknown keys are errors. Durations have a unit: `20ms`, `1.5s`, `2m`, `1h`.',
    `\`\${NAME}\` in a text is replaced by an environment variable, \`\${NAME:-default}\` by the default where that is`,
    `unset or empty; \`$\${\` is a literal \`\${\`.`,
    'Such a value is always text. Ids are a lower-case letter, then at most 15 of a-z, 0-9 and `_`.',
    '',
    ...table(rowsOf(configSchema(drivers), '')),
  ];
  for (const { kind, summary, options } of drivers.values()) {
    lines.push('', `## \`driver: ${kind}\``, '', summary, '', ...table(rowsOf(options, 'devices.<id>')));
  }
  lines.push(
    '',
    '## `filters`',
    '',
    'What a point’s readings pass, one after the other; each entry is one filter.',
    '',
  );
  lines.push(
    ...table(
      branches(filterList)
        .flatMap((branch) => childrenOf(branch, 'filters', 1))
        .slice(1),
    ),
  );
  return `${lines.join('\n')}\n`;
}

function table(rows: readonly Row[]): string[] {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  return [
    '| Path | Type | Default | Meaning |',
    '|---|---|---|---|',
    ...rows.map(({ path, type, fallback, meaning }) => {
      return `| \`${cell(path)}\` | ${cell(type)} | ${cell(fallback)} | ${cell(meaning)} |`;
    }),
  ];
}

/** Options nest a few levels; a schema that holds itself ends here. */
const MAX_DEPTH = 8;

/** `entry`: one of any number, which nobody has to give. */
function rowsOf(schema: z.core.$ZodType, path: string, depth = 0, entry = false): Row[] {
  const nested =
    depth > MAX_DEPTH || notesOf(schema).section
      ? []
      : branches(schema).flatMap((branch) => childrenOf(branch, path, depth + 1));
  const { description = '' } = notesOf(schema);
  if (path === '' || depth === 0) return nested;
  const type = expectation([schema]).replaceAll('(`key: value`)', '').trim();
  return [{ path, type, fallback: entry ? '' : fallbackOf(schema), meaning: description }, ...nested];
}

function childrenOf(schema: z.core.$ZodTypes, path: string, depth: number): Row[] {
  const { def } = schema._zod;
  const under = path === '' ? '' : `${path}.`;
  if (def.type === 'object') {
    return Object.entries(def.shape).flatMap(([key, child]) => rowsOf(child, `${under}${key}`, depth));
  }
  if (def.type === 'record')
    return rowsOf(def.valueType, `${under}<${notesOf(def.keyType).typeName ?? 'name'}>`, depth, true);
  if (def.type !== 'array') return [];
  const element = bare(def.element)._zod.def.type;
  return ['string', 'number', 'boolean'].includes(element) ? [] : rowsOf(def.element, `${path}[]`, depth, true);
}

function fallbackOf(schema: z.core.$ZodType): string {
  for (let layer: z.core.$ZodType | undefined = schema; layer; layer = inside(layer)) {
    const { def } = (layer as z.core.$ZodTypes)._zod;
    if (def.type === 'default' || def.type === 'prefault') {
      const value = def.defaultValue;
      return typeof value === 'object' && value !== null && Object.keys(value).length === 0
        ? ''
        : `\`${words(value)}\``;
    }
    if (def.type === 'optional') return '';
  }
  return 'required';
}

function words(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value).replaceAll('"', '');
}

/** The JSON Schema of a config, for editors; looser than the bridge's own checks. */
export function configJsonSchema(drivers: DriverRegister): object {
  // What several drivers have is defined once, at the top, where references look for it.
  const $defs: JsonSchema = {};
  const optionsOf = (options: z.core.$ZodType) => {
    const { $defs: own, ...json } = toJson(options);
    Object.assign($defs, own);
    return json;
  };
  const schema = toJson(configSchema(drivers), (notes) => {
    if (!notes.pick) return undefined;
    return { oneOf: [...drivers.values()].map(({ kind, options }) => withDriver(kind, optionsOf(options))) };
  });
  return { ...schema, title: 'carter-bridge config', $defs };
}

type JsonSchema = Record<string, unknown>;

function toJson(schema: z.core.$ZodType, replace?: (notes: SchemaNotes) => JsonSchema | undefined): JsonSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const notes = (z.globalRegistry.get(zodSchema) ?? {}) as SchemaNotes;
      const instead = replace?.(notes) ?? notes.jsonSchema;
      const json = jsonSchema as JsonSchema;
      if (instead) {
        const { description, default: fallback } = json;
        for (const key of Object.keys(json)) delete json[key];
        Object.assign(json, instead, description && { description }, fallback !== undefined && { default: fallback });
      }
      for (const note of ['typeName', 'jsonSchema', 'pick', 'section']) delete json[note];
    },
  }) as JsonSchema;
}

function withDriver(kind: string, options: JsonSchema): JsonSchema {
  const {
    $schema: _,
    properties,
    required,
    ...rest
  } = options as {
    $schema?: unknown;
    properties?: JsonSchema;
    required?: string[];
  };
  return { ...rest, properties: { driver: { const: kind }, ...properties }, required: ['driver', ...(required ?? [])] };
}
