import { join } from 'node:path';
import { RESERVED_IDS } from '../device/point.js';

/** What a namespace looks like: a mesh name that begins with a letter. */
export const NAMESPACE = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** True for what can be a namespace. */
export function isNamespace(word: string): boolean {
  return NAMESPACE.test(word) && !RESERVED_IDS.has(word);
}

/**
 * The namespace that a mesh name gives: the name itself, where it can be one. Else in lower case, with other characters as `_`;
 * `carter` where nothing is left.
 */
export function namespaceOf(name: string): string {
  if (isNamespace(name)) return name;
  const word = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[^a-z]+/, '')
    .slice(0, 32)
    .replace(/_+$/, '');
  return isNamespace(word) ? word : 'carter';
}

/** A state folder as a path; `~/` stands for the home folder. */
export function stateDirIn(stated: string, homeDir: string): string {
  return stated.startsWith('~/') ? join(homeDir, stated.slice(2)) : stated;
}
