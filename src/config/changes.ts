import { isDeepStrictEqual } from 'node:util';
import type { Config } from './schema.js';

/** What a running bridge is known by, and where it keeps its things: other parts and other programs rely on that. */
const FIXED = ['name', 'namespace', 'stateDir'] as const;

/** The sections in which two configs differ, by what they mean and not by how they were written. */
export function changedSections(before: Config, after: Config): ReadonlySet<keyof Config> {
  const sections = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof Config)[]);
  return new Set([...sections].filter((section) => !isDeepStrictEqual(before[section], after[section])));
}

/** What a running bridge can't take of another config, one problem a line. */
export function fixedProblems(before: Config, after: Config): string[] {
  return FIXED.filter((key) => before.bridge[key] !== after.bridge[key]).map(
    (key) =>
      `bridge.${key} can't be changed while the bridge runs; restart it, or write \`${before.bridge[key]}\` again`,
  );
}
