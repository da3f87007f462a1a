import { BROKEN_COMMANDS } from './commands.js';
import { BROKEN_HOSTS } from './hosts.js';
import { BROKEN_LINES } from './lines.js';
import type { Broken } from './parts.js';
import { BROKEN_RETURNS } from './returns.js';
import { BROKEN_WORDS } from './words.js';

/** Broken parts, each with the words by which it must be found out. */
export const BROKEN: readonly Broken[] = [
  ...BROKEN_LINES,
  ...BROKEN_COMMANDS,
  ...BROKEN_HOSTS,
  ...BROKEN_RETURNS,
  ...BROKEN_WORDS,
];
