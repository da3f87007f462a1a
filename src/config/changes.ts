import { isDeepStrictEqual } from 'node:util';
import type { Config } from './schema.js';

/** The sections that a running bridge can take anew. Other parts and other programs rely on what is in the others. */
const TAKEN: ReadonlySet<string> = new Set<keyof Config>([
  'relay',
  'devices',
  'derived',
  'publish',
  'security',
  'safety',
  'panel',
  'metrics',
  'notify',
  'layout',
  'discover',
  'log',
]);

/** The sections in which two configs differ, by what they mean and not by how they were written. */
export function changedSections(before: Config, after: Config): ReadonlySet<keyof Config> {
  return new Set(changedKeys(before, after));
}

/** What a running bridge can't take of another config, one problem a line. */
export function fixedProblems(before: Config, after: Config): string[] {
  const own = changedKeys(before.bridge, after.bridge).map((key) => {
    return `bridge.${key} can't be changed while the bridge runs; restart it, or write \`${before.bridge[key]}\` again`;
  });
  const others = changedKeys(before, after).filter((section) => section !== 'bridge' && !TAKEN.has(section));
  return [...own, ...others.map((key) => `${key} can't be changed while the bridge runs; restart it`)];
}

function changedKeys<Whole extends object>(before: Whole, after: Whole): (keyof Whole & string)[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)] as (keyof Whole & string)[]);
  return [...keys].filter((key) => !isDeepStrictEqual(before[key], after[key]));
}
