import { distance } from 'fastest-levenshtein';

/** The candidate that a mistyped word most likely meant; undefined where none is near. Compares without regard to case. */
export function didYouMean(word: string, candidates: Iterable<string>): string | undefined {
  if (word === '' || word.length > 64) return undefined;
  const typed = word.toLowerCase();
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of candidates) {
    const known = candidate.toLowerCase();
    const longer = Math.max(typed.length, known.length);
    const shorter = Math.min(typed.length, known.length);
    const begins = shorter >= 3 && (typed.startsWith(known) || known.startsWith(typed));
    const swapped = longer === shorter && sorted(typed) === sorted(known);
    const steps = distance(typed, known);
    // A third of the letters may be wrong; a beginning in common, or swapped letters, are as good as one wrong letter.
    const cost = begins || swapped ? Math.min(steps, 1) : steps;
    if (cost <= Math.floor(longer / 3) && cost < least) {
      least = cost;
      best = candidate;
    }
  }
  return best;
}

function sorted(word: string): string {
  return [...word].sort().join('');
}

/** `a`, `b` or `c`: words in quotes for a sentence; at most sixteen of them. */
export function oneOf(words: Iterable<string>): string {
  const quoted = [...words].map((word) => `\`${word}\``);
  if (quoted.length > 16) return `${quoted.slice(0, 16).join(', ')}, …`;
  const last = quoted.pop() ?? 'nothing';
  return quoted.length > 0 ? `${quoted.join(', ')} or ${last}` : last;
}
