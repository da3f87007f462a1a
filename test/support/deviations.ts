import { readFileSync } from 'node:fs';
import type { RelayLimits } from '../../src/relay/limits.js';
import type { Difference } from './replay.js';

interface Explained {
  /** The topic in the table of src/relay/README.md. */
  readonly what: string;
  readonly reason: string;
}

/** A row of a recording at which our relay behaves otherwise, and why. */
export interface Deviation extends Difference, Explained {
  readonly transcript: string;
}

/** Where our relay deliberately differs from the recorded one. */
export interface Deviations {
  readonly rows: readonly Deviation[];
  /** Limits whose default is another one. The replays use the recorded one, so that they can go on. */
  readonly defaults: readonly (Explained & {
    readonly limit: keyof RelayLimits;
    readonly ours: number;
    readonly recorded: number;
  })[];
  /** Topics of the table that no recording shows, and the test that does. */
  readonly unrecorded: readonly { readonly what: string; readonly test: string }[];
}

/** Reads the list. */
export function readDeviations(): Deviations {
  return JSON.parse(readFileSync(new URL('../vectors/relay/deviations.json', import.meta.url), 'utf8')) as Deviations;
}
