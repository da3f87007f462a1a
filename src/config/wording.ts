import type { z } from 'zod';
import { didYouMean, oneOf } from './did-you-mean.js';
import { branches, notesOf } from './schema-walk.js';

/** What is wrong, and what to do about it. */
export interface Wording {
  readonly message: string;
  readonly hint?: string | undefined;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: '`true` or `false`',
  object: 'a mapping (`key: value`)',
  record: 'a mapping (`key: value`)',
  array: 'a list',
  tuple: 'a list',
};

/** True for a text that can be quoted: a word that is hardly a secret. */
export function quotable(text: string): boolean {
  return /^[\w-]{1,40}$/.test(text);
}

/** A value of the wrong type; the value itself is never quoted. */
export function wrongType(expected: string, value: unknown): Wording {
  const message = `expected ${expected}, got ${typeOf(value)}`;
  const given = typeof value === 'string' ? value.trim() : '';
  if (expected === TYPES['boolean'] && /^(yes|no|on|off|true|false)$/i.test(given)) {
    return { message, hint: 'write true or false, without quotes' };
  }
  if (expected.includes('number') && given !== '' && Number.isFinite(Number(given))) {
    return { message, hint: 'remove the quotes; a value from the environment is always text' };
  }
  if (expected === TYPES['string'] && (typeof value === 'number' || typeof value === 'boolean')) {
    return { message, hint: 'put it in quotes' };
  }
  if (expected === TYPES['object'] && value === null) {
    return { message, hint: 'indent what belongs to it further than itself, or write `{}`' };
  }
  if (expected === TYPES['object'] && value === true) return { message, hint: 'write `{}` for all defaults' };
  if (/^(a )?list\b/.test(expected) && value !== null && !Array.isArray(value)) {
    return { message, hint: 'write it in brackets: `[…]`' };
  }
  return { message };
}

/** A value that is none of a closed list of words. */
export function wrongWord(words: readonly string[], value: unknown): Wording {
  if (typeof value !== 'string') return wrongType(oneOf(words), value);
  const suggestion = didYouMean(value, words);
  const got = quotable(value) ? `got \`${value}\`` : 'got another text';
  return { message: `expected ${oneOf(words)}, ${got}`, hint: suggestion && `did you mean \`${suggestion}\`?` };
}

/** A number, a text or a list that is too small or too big for its schemas. */
export function outOfRange(
  issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig,
  schemas: readonly z.core.$ZodType[],
  value: unknown,
): string {
  const small = issue.code === 'too_small';
  const limit = small ? issue.minimum : issue.maximum;
  const most = small ? 'at least' : 'at most';
  if (issue.origin === 'string') return small && limit === 1 ? 'is empty' : `must have ${most} ${limit} characters`;
  if (issue.origin === 'array') return `must have ${most} ${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  const got = typeof value === 'number' ? `, got ${value}` : '';
  const { min, max } = bounds(schemas);
  if (min !== undefined && max !== undefined) return `must be between ${min} and ${max}${got}`;
  return `must be ${issue.inclusive ? most : small ? 'more than' : 'less than'} ${limit}${got}`;
}

/** The inclusive bounds that a number's schemas have. */
export function bounds(schemas: readonly z.core.$ZodType[]): { min?: number; max?: number } {
  const found: { min?: number; max?: number } = {};
  for (const branch of schemas.flatMap(branches)) {
    for (const check of branch._zod.def.checks ?? []) {
      const rule = check._zod.def as { check: string; value?: unknown; inclusive?: boolean };
      if (typeof rule.value !== 'number' || !rule.inclusive) continue;
      if (rule.check === 'greater_than') found.min = rule.value;
      if (rule.check === 'less_than') found.max = rule.value;
    }
  }
  return found;
}

/** The words for a type that zod names. */
export function typeWords(type: string): string {
  return TYPES[type] ?? type;
}

/** What schemas expect: `a number`, `` `auto` or `json` ``, or the name that a schema gives itself. */
export function expectation(schemas: readonly z.core.$ZodType[]): string {
  return [...new Set(schemas.flatMap(namesOf))].join(' or ') || 'a value';
}

/** `expectation` of a value that is not there; of a text also what its pattern asks for, where the schema says that. */
export function wanted(schemas: readonly z.core.$ZodType[]): string {
  const named = expectation(schemas);
  if (named !== TYPES['string']) return named;
  const checks = schemas.flatMap(branches).flatMap(({ _zod: { def } }) => def.checks ?? []);
  const words = checks.map(({ _zod: { def } }) => /^expected (.*)/s.exec(String(def.error?.({} as never) ?? ''))?.[1]);
  return words.find((text) => text !== undefined) ?? named;
}

function namesOf(schema: z.core.$ZodType): string[] {
  const own = notesOf(schema).typeName;
  if (own) return [own];
  return branches(schema).map((branch) => {
    const { def } = branch._zod;
    const name = notesOf(branch).typeName;
    if (name) return name;
    if (def.type === 'enum') return oneOf(Object.values(def.entries).map(String));
    if (def.type === 'literal') return oneOf(def.values.map(String));
    return typeWords('format' in def && def.format === 'safeint' ? 'int' : def.type);
  });
}

function typeOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'object':
      return 'a mapping';
    case 'string':
      return 'a text';
    case 'number':
      return Number.isInteger(value) ? 'a whole number' : Number.isFinite(value) ? 'a number' : String(value);
    default:
      return `\`${value}\``;
  }
}
