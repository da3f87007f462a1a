import { createHash } from 'node:crypto';

/**
 * What points are known by once a board has described them: the short fingerprint that it says itself, and a digest that
 * nobody can make other points for.
 */
export function fullManifest(fingerprint: string, description: string): string {
  return `${fingerprint}-${createHash('sha256').update(description).digest('hex')}`;
}

/** True where two manifests are of the same points; of one that was only said, as far as can be told. */
export function isSameManifest(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one === other || one.startsWith(`${other}-`) || other.startsWith(`${one}-`);
}

/** False for one that was only said: nobody knows which points there are. */
export function isDescribed(manifest: string | undefined): boolean {
  return manifest === undefined || manifest.includes('-');
}
