import type { z } from 'zod';
import { didYouMean, oneOf } from './did-you-mean.js';
import { type Path, valueAt } from './path.js';
import { knownKeys, notesOf, schemasAt } from './schema-walk.js';
import { expectation, outOfRange, quotable, typeWords, type Wording, wanted, wrongType, wrongWord } from './wording.js';

type Issue = z.core.$ZodIssue;

/** Something wrong at a path, in words for people; `at` says whether the key or its value is at fault. */
export interface Finding extends Wording {
  readonly path: Path;
  readonly at: 'key' | 'value';
  /** The path to show, where `path` ends in a key that may hold a secret. */
  readonly shown?: Path;
}

/** Passed to zod's `safeParse`: leaves the messages empty that no schema words itself, for `findings` to word. */
export const unworded = { error: () => '' };

/** What a schema found wrong with `data`, in words. Values are quoted only where one of a list of words was expected. */
export function findings(issues: readonly Issue[], schema: z.core.$ZodType, data: unknown): Finding[] {
  const reader = new Reader(schema, data);
  const mistyped = new Set(issues.flatMap(({ code, path }) => (code === 'invalid_type' ? [JSON.stringify(path)] : [])));
  const found = issues
    // A list in place of a text is not also too short a text.
    .filter(({ code, path }) => !(code.startsWith('too_') && mistyped.has(JSON.stringify(path))))
    .flatMap((issue) => reader.read(issue, issue.path as Path));
  // A mistyped key is one mistake, not also a missing key.
  const keyOf = (parent: Path, key: string) => JSON.stringify([...parent, key]);
  const meant = new Set(found.flatMap(({ path, meant }) => (meant ? [keyOf(path.slice(0, -1), meant)] : [])));
  return found
    .filter(({ path, missing }) => !missing || !meant.has(keyOf(path, missing)))
    .map(({ meant: _, missing: __, ...finding }) => finding);
}

/** A finding, with what tells whether another one is its consequence. */
interface Read extends Finding {
  /** The key that was meant by an unknown one. */
  readonly meant?: string | undefined;
  /** The key that is not there. */
  readonly missing?: string;
}

const WRONG_TYPE = 1000;

/** Words the issues of one parse. */
class Reader {
  private readonly root: z.core.$ZodType;
  private readonly data: unknown;

  constructor(root: z.core.$ZodType, data: unknown) {
    this.root = root;
    this.data = data;
  }

  read(issue: Issue, path: Path): Read[] {
    const value = valueAt(this.data, path);
    const one = (wording: Wording): Read[] => [{ path, at: 'value', ...wording }];
    const own = issue.message ? { message: issue.message } : undefined;
    switch (issue.code) {
      case 'unrecognized_keys':
        return this.unknownKeys(issue.keys, path).map((one) => ({ ...one, ...(own && { ...own, hint: 'remove it' }) }));
      case 'invalid_key':
      case 'invalid_element':
        return issue.issues.flatMap((inner) => this.read(inner, path)).map((found) => ({ ...found, at: 'key' }));
      case 'custom': {
        const { hint, at } = (issue.params ?? {}) as { hint?: string; at?: 'key' | 'value' };
        return [{ path, at: at ?? 'value', message: issue.message || 'not valid', hint }];
      }
      case 'invalid_union':
        return value === undefined ? [this.missing(path)] : this.union(issue, path, value);
      case 'invalid_type':
        return value === undefined
          ? [this.missing(path)]
          : one(own ?? wrongType(this.typeName(path) ?? typeWords(issue.expected), value));
      case 'invalid_value':
        return value === undefined ? [this.missing(path)] : one(own ?? wrongWord(issue.values.map(String), value));
      case 'too_small':
      case 'too_big':
        return one(own ?? { message: outOfRange(issue, this.schemasAt(path), value) });
      case 'not_multiple_of':
        return one(own ?? { message: `must be a multiple of ${issue.divisor}` });
      case 'invalid_format':
        return one(own ?? { message: `not a valid ${this.typeName(path) ?? 'text for this'}` });
    }
  }

  private schemasAt(path: Path): z.core.$ZodType[] {
    return schemasAt(this.root, path, this.data);
  }

  private typeName(path: Path): string | undefined {
    return this.schemasAt(path)
      .map((schema) => notesOf(schema).typeName)
      .find((name) => name !== undefined);
  }

  private missing(path: Path): Read {
    const key = String(path.at(-1) ?? 'value');
    const expected = wanted(this.schemasAt(path));
    // One of some words: each as it is to be written.
    const words = /^(`[\w-]+`(, | or |$))+$/.test(expected);
    const hint = words ? `add ${expected.replace(/`([\w-]+)`/g, `\`${key}: $1\``)}` : `add it: ${expected}`;
    return { path: path.slice(0, -1), at: 'key', message: `\`${key}\` is missing`, hint, missing: key };
  }

  /** The sections of this mapping and of the whole document by the keys that they have, in lower case. */
  private homes(parent: Path): ReadonlyMap<string, ReadonlySet<string>> {
    const homes = new Map<string, Set<string>>();
    for (const outer of [parent, []]) {
      for (const section of knownKeys(this.root, outer, this.data)) {
        // A section may be a list of mappings, as `filters` is.
        const paths = [
          [...outer, section],
          [...outer, section, 0],
        ];
        for (const key of paths.flatMap((path) => knownKeys(this.root, path, this.data))) {
          homes.set(key.toLowerCase(), (homes.get(key.toLowerCase()) ?? new Set()).add(section));
        }
      }
    }
    return homes;
  }

  private unknownKeys(keys: readonly string[], parent: Path): Read[] {
    const known = knownKeys(this.root, parent, this.data);
    const homes = this.homes(parent);
    return keys.map((key): Read => {
      const path = [...parent, key];
      // A "key" with a space or a colon may be a key and its value with something missing between; the value may be secret.
      if (!quotable(key)) {
        const hint = 'is there a missing `: `, with its space?';
        return { path, shown: parent, at: 'key', message: 'unknown key', hint };
      }
      const meant = didYouMean(key, known);
      const home = homes.get(key.toLowerCase());
      const rest = known.length > 0 ? `known here: ${oneOf(known)}` : 'remove it';
      const hint = meant ? `did you mean \`${meant}\`?` : home ? `it belongs in ${oneOf(home)}` : rest;
      return { path, at: 'key', message: `unknown key \`${key}\``, hint, meant };
    });
  }

  /** What is wrong with the branch that was most likely meant; where no branch has the right type, one sentence about all. */
  private union(issue: z.core.$ZodIssueInvalidUnion, path: Path, value: unknown): Read[] {
    const attempts = attemptsOf(issue);
    const costs = attempts.map((issues) => cost(issues, value));
    const least = Math.min(...costs);
    if (least >= WRONG_TYPE) {
      const wording = issue.message ? { message: issue.message } : wrongType(expectation(this.schemasAt(path)), value);
      return [{ path, at: 'value', ...wording }];
    }
    const nearest = attempts.filter((_, index) => costs[index] === least);
    // Several mappings, none of which has this key: what each misses says nothing.
    const unknown = nearest.length > 1 ? nearest.flat().find(isUnknownKeys) : undefined;
    if (unknown) return this.unknownKeys(unknown.keys, path);
    const best = nearest[0] ?? [];
    const word = best.find((inner) => inner.code === 'invalid_value' && inner.path.length === 0);
    if (word) {
      const words = attempts.flat().flatMap((inner) => {
        return inner.code === 'invalid_value' && inner.path.length === 0 ? inner.values.map(String) : [];
      });
      return [{ path, at: 'value', ...wrongWord(words, value) }];
    }
    return best.flatMap((inner) => this.read(inner, [...path, ...(inner.path as Path)]));
  }
}

function isUnknownKeys(issue: Issue): issue is z.core.$ZodIssueUnrecognizedKeys {
  return issue.code === 'unrecognized_keys' && issue.path.length === 0;
}

/** The issues of each branch; those of a union within the union count as branches of their own. */
function attemptsOf(issue: z.core.$ZodIssueInvalidUnion): Issue[][] {
  return (issue.errors as Issue[][]).flatMap((issues) => {
    const only = issues.length === 1 ? issues[0] : undefined;
    return only?.code === 'invalid_union' && only.path.length === 0 && !only.message ? attemptsOf(only) : [issues];
  });
}

/** How far a value is from a branch: another type, then another word, unknown keys, missing keys, other mistakes. */
function cost(issues: readonly Issue[], value: unknown): number {
  let sum = 0;
  for (const issue of issues) {
    const here = issue.path.length === 0;
    if (issue.code === 'invalid_type') {
      sum += here ? WRONG_TYPE : valueAt(value, issue.path as Path) === undefined ? 10 : 1;
    } else if (issue.code === 'invalid_value' && here) {
      const words = issue.values.filter((known) => typeof known === typeof value).map(String);
      sum += words.length === 0 ? WRONG_TYPE : didYouMean(String(value), words) ? 0 : 30;
    } else {
      sum += issue.code === 'unrecognized_keys' ? 20 * issue.keys.length : 1;
    }
  }
  return sum;
}
