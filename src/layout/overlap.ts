import { isObject } from '../mesh/frame.js';
import { tokensIn } from './emit.js';
import { sameJson } from './filter.js';
import { matchTemplate } from './template.js';

/** Whether a control's gesture can bring a value. */
export type Gives = (value: unknown) => boolean;

/**
 * Whether some frame of one payload would be recognised as another one, given which values the first one's gesture can bring.
 * Where that can't be known the answer is yes.
 */
export function canPassFor(sent: unknown, taken: unknown, gives: Gives, open = true): boolean {
  if (hasToken(sent)) return hasToken(taken) ? textsMeet(sent, taken) : canBecome(sent, taken, gives);
  if (hasToken(taken)) return matchTemplate(taken, sent) !== undefined;
  if (Array.isArray(taken)) {
    if (!Array.isArray(sent) || sent.length !== taken.length) return false;
    return taken.every((item, i) => canPassFor(sent[i], item, gives, false));
  }
  if (!isObject(taken)) return sameJson(sent, taken);
  if (!isObject(sent)) return false;
  const keys = Object.keys(taken);
  if (!open && keys.length !== Object.keys(sent).length) return false;
  return keys.every((key) => Object.hasOwn(sent, key) && canPassFor(sent[key], taken[key], gives, false));
}

function hasToken(part: unknown): part is string {
  return typeof part === 'string' && tokensIn(part).length > 0;
}

/** Whether a text with placeholders can become exactly this. */
function canBecome(text: string, wanted: unknown, gives: Gives): boolean {
  const match = matchTemplate(text, wanted);
  if (!match) return false;
  const { value } = match;
  if (value === undefined) return true;
  return text === '{{value}}' ? gives(value) : meanings(String(value)).some(gives);
}

/** What may have been written so: the text itself, a number, a side of a switch. */
function meanings(text: string): unknown[] {
  if (text === 'true' || text === 'false') return [text, text === 'true'];
  const number = Number(text);
  return text.trim() !== '' && Number.isFinite(number) ? [text, number] : [text];
}

/** Whether two texts with placeholders may come out equal: where their beginnings and ends fit, what is between may, too. */
function textsMeet(one: string, other: string): boolean {
  const [a, b] = [edges(one), edges(other)];
  const heads = a.head.startsWith(b.head) || b.head.startsWith(a.head);
  return heads && (a.tail.endsWith(b.tail) || b.tail.endsWith(a.tail));
}

/** What a text has before its first placeholder and after its last. */
function edges(text: string): { head: string; tail: string } {
  const tokens = tokensIn(text);
  const last = tokens.at(-1) ?? '';
  return { head: text.slice(0, text.indexOf(tokens[0] ?? '')), tail: text.slice(text.lastIndexOf(last) + last.length) };
}
