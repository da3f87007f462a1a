import { z } from 'zod';
import type { Path } from './path.js';
import { valueAt } from './path.js';

/** What schemas say of themselves beside their description, through zod's `.meta()`. */
export interface SchemaNotes {
  readonly description?: string;
  /** What people call this type. */
  readonly typeName?: string;
  /** What the JSON Schema shows in place of what zod derives. */
  readonly jsonSchema?: Record<string, unknown>;
  /** Name of its own section of the reference, for what many things have. */
  readonly section?: string;
  /** The schema of the other keys, where a key's value decides it. */
  readonly pick?: (value: unknown) => z.core.$ZodType | undefined;
}

/** The notes of a schema, those of the schemas it wraps included; the outermost win. */
export function notesOf(schema: z.core.$ZodType): SchemaNotes {
  const own = (z.globalRegistry.get(schema) ?? {}) as SchemaNotes;
  const inner = inside(schema);
  return inner ? { ...notesOf(inner), ...own } : own;
}

/** The schema that an optional, a default, a transform or the like wraps; undefined for any other. */
export function inside(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
    case 'catch':
      return def.innerType;
    case 'pipe':
      return (def.in as z.core.$ZodTypes)._zod.def.type === 'transform' ? def.out : def.in;
    case 'lazy':
      return def.getter();
    default:
      return undefined;
  }
}

/** A schema without what wraps it. */
export function bare(schema: z.core.$ZodType): z.core.$ZodTypes {
  const inner = inside(schema);
  return inner ? bare(inner) : (schema as z.core.$ZodTypes);
}

/** The schemas that a value may have: a union's branches, else the schema itself. */
export function branches(schema: z.core.$ZodType): z.core.$ZodTypes[] {
  const plain = bare(schema);
  const { def } = plain._zod;
  if (def.type === 'union') return def.options.flatMap(branches);
  if (def.type === 'intersection') return [...branches(def.left), ...branches(def.right)];
  return [plain];
}

/** All schemas that hold for the value at `path` of `data`. */
export function schemasAt(root: z.core.$ZodType, path: Path, data: unknown): z.core.$ZodType[] {
  let schemas: z.core.$ZodType[] = [root];
  path.forEach((key, depth) => {
    const parent = valueAt(data, path.slice(0, depth));
    schemas = schemas.flatMap((schema) => {
      const picked = notesOf(schema).pick?.(parent);
      return [...branches(schema), ...(picked ? branches(picked) : [])].flatMap((branch) => childOf(branch, key));
    });
  });
  return schemas;
}

/** The keys that the mapping at `path` may have, where its schema lists them. */
export function knownKeys(root: z.core.$ZodType, path: Path, data: unknown): string[] {
  const keys = schemasAt(root, path, data).flatMap((schema) => {
    const picked = notesOf(schema).pick?.(valueAt(data, path));
    return [...branches(schema), ...(picked ? branches(picked) : [])].flatMap((branch) => {
      const { def } = branch._zod;
      return def.type === 'object' ? Object.keys(def.shape) : [];
    });
  });
  return [...new Set(keys)];
}

function childOf(schema: z.core.$ZodTypes, key: string | number): z.core.$ZodType[] {
  const { def } = schema._zod;
  switch (def.type) {
    case 'object':
      return typeof key === 'string' && Object.hasOwn(def.shape, key) ? [def.shape[key] as z.core.$ZodType] : [];
    case 'record':
      return [def.valueType];
    case 'array':
      return [def.element];
    case 'tuple':
      return [def.items[Number(key)] ?? def.rest].filter((item) => item !== undefined && item !== null);
    default:
      return [];
  }
}
