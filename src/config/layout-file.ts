import { isObject, type JsonObject } from '../mesh/frame.js';
import { printable } from '../text.js';
import { ConfigError, type Problem } from './config-error.js';
import { type ConfigFile, readConfigFile } from './config-file.js';
import { readJson } from './json-source.js';
import type { Path } from './path.js';
import type { Place } from './yaml-source.js';

/** A layout as read from its file, and where everything is in it. */
export interface LayoutFile {
  readonly path: string;
  readonly document: JsonObject;
  locate(path: Path, at: 'key' | 'value'): Place;
}

/** Reads a layout. Throws as `readConfigFile` does, or a ConfigError with what is wrong. */
export function readLayoutFile(path: string, whenMissing?: string): LayoutFile {
  return parseLayout(readConfigFile(path, whenMissing));
}

/** A layout that has been read; throws a ConfigError for what is no JSON object. */
export function parseLayout({ path, text }: ConfigFile): LayoutFile {
  const file = printable(path);
  const fail = (problem: Place & Pick<Problem, 'message'> & { hint?: string }) =>
    new ConfigError([{ file, path: '', ...problem, hint: problem.hint }]);
  const source = readJson(text);
  if ('problem' in source) throw fail(source.problem);
  if (!isObject(source.value)) throw fail({ line: 1, column: 1, message: 'a layout is a JSON object' });
  return { path, document: source.value, locate: source.locate };
}

/** True for a text that is meant as a layout: a JSON object with `tabs`, in whatever state. */
export function looksLikeLayout(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false;
  const source = readJson(text);
  return 'problem' in source ? /"tabs"\s*:\s*\[/.test(text) : isObject(source.value) && 'tabs' in source.value;
}
