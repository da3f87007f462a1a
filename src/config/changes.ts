import { isDeepStrictEqual } from 'node:util';
import { namespaceOf } from './names.js';
import type { Config } from './schema.js';

/** The sections in which two configs differ, by what they mean and not by how they were written. */
export function changedSections(before: Config, after: Config): ReadonlySet<keyof Config> {
  return new Set(changedKeys(before, after));
}

/** What a running bridge can't take of another config, one problem a line: other programs rely on who and where it is. */
export function fixedProblems(before: Config, after: Config): string[] {
  const changed = changedKeys(before.bridge, after.bridge);
  // A namespace that follows from the name is none that anybody wrote.
  const follows = changed.includes('name') && after.bridge.namespace === namespaceOf(after.bridge.name);
  const written = changed.filter((key) => key !== 'namespace' || !follows);
  return written.map((key) => {
    return `bridge.${key} can't be changed while the bridge runs; restart it, or write \`${before.bridge[key]}\` again`;
  });
}

function changedKeys<Whole extends object>(before: Whole, after: Whole): (keyof Whole & string)[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof Whole & string)[]);
  return [...keys].filter((key) => !isDeepStrictEqual(before[key], after[key]));
}
