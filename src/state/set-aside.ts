import { copyFileSync, existsSync, linkSync, readFileSync, renameSync } from 'node:fs';

/** So many older ones are kept beside the newest. */
const OLDER = 2;

/**
 * Gives a file that can't be used a second name, under which it stays when another takes its place, and returns that. It is
 * not moved: whoever starts next, before anything good is there, must meet it too. Throws the system's error.
 */
export function setAside(path: string, as: 'broken' | 'newer'): string {
  const name = (age: number) => `${path}.${as}${age === 0 ? '' : `.${age}`}`;
  if (existsSync(name(0)) && readFileSync(name(0)).equals(readFileSync(path))) return name(0);
  for (let age = OLDER; age > 0; age--) {
    if (existsSync(name(age - 1))) renameSync(name(age - 1), name(age));
  }
  try {
    linkSync(path, name(0));
  } catch {
    // The file system (FAT) has no links.
    copyFileSync(path, name(0));
  }
  return name(0);
}
