import { isObject } from '../mesh/frame.js';

const TRUE = ['true', 'yes', 'on', '1'];
const FALSE = ['false', 'no', 'off', '0'];

/** What a `valueMap`, `iconMap` or `colorMap` has for a value: by its text, by words of the same meaning, else its `default`. */
export function lookUp(map: unknown, value: unknown): string | undefined {
  if (!isObject(map) || value === undefined) return undefined;
  const text = String(value).toLowerCase();
  const same = [TRUE, FALSE].find((words) => words.includes(text)) ?? [text];
  const key =
    Object.keys(map).find((candidate) => candidate === String(value)) ??
    Object.keys(map).find((candidate) => same.includes(candidate.toLowerCase()) || equalNumber(candidate, value));
  const found = map[key ?? 'default'];
  return typeof found === 'string' ? found : undefined;
}

function equalNumber(key: string, value: unknown): boolean {
  return typeof value === 'number' && key.trim() !== '' && Number(key) === value;
}
