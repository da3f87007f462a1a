import type { Path } from './path.js';
import type { Place } from './yaml-source.js';

/** A JSON text, read: its value and where everything is, or what is wrong with it. */
export type JsonSource =
  | { readonly value: unknown; locate(path: Path, at: 'key' | 'value'): Place }
  | { readonly problem: Place & { readonly message: string; readonly hint?: string } };

/** A value, and where it and the keys or items in it begin. */
interface Read {
  readonly value: unknown;
  readonly start: number;
  readonly inner?: ReadonlyMap<string | number, Read & { readonly keyStart: number }>;
}

const MAX_DEPTH = 64;
const SPACE = /[ \t\r\n]*/y;
const TEXT = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;

/** Reads a JSON text. Never throws for its content; a problem's words never quote it. */
export function readJson(text: string): JsonSource {
  const placeOf = placesIn(text);
  try {
    const root = new Reader(text).document();
    return { value: root.value, locate: (path, at) => placeOf(offsetOf(root, path, at)) };
  } catch (error) {
    if (!(error instanceof JsonProblem)) throw error;
    const { message, hint, offset } = error;
    return { problem: { ...placeOf(offset), message, ...(hint === undefined ? {} : { hint }) } };
  }
}

/** Tells line and column of an offset; a layout may have a finding in every line, so lines are counted once. */
function placesIn(text: string): (offset: number) => Place {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

/** The offset of what is at a path, or of the nearest thing around it. */
function offsetOf(root: Read, path: Path, at: 'key' | 'value'): number {
  let read = root;
  let offset = root.start;
  for (const step of path) {
    const next = read.inner?.get(step);
    if (!next) return offset;
    read = next;
    offset = at === 'key' ? next.keyStart : next.start;
  }
  return offset;
}

class JsonProblem extends Error {
  constructor(
    message: string,
    readonly offset: number,
    readonly hint?: string,
  ) {
    super(message);
  }
}

class Reader {
  private at = 0;

  constructor(private readonly text: string) {}

  document(): Read {
    const root = this.read(0);
    this.space();
    if (this.at < this.text.length) this.fail('something follows the end of the document', 'look for a stray bracket');
    return root;
  }

  private read(depth: number): Read {
    this.space();
    const start = this.at;
    if (depth > MAX_DEPTH) this.fail(`more than ${MAX_DEPTH} objects and lists in one another`);
    const { text } = this;
    const next = text[start];
    if (next === '{') return this.object(depth, start);
    if (next === '[') return this.list(depth, start);
    if (next === '"') return { value: this.string(), start };
    for (const [word, value] of [
      ['true', true],
      ['false', false],
      ['null', null],
    ] as const) {
      if (!text.startsWith(word, start)) continue;
      this.at += word.length;
      return { value, start };
    }
    const number = this.match(NUMBER);
    if (number === undefined) this.fail('a value is missing here', 'look for a stray comma, quote or bracket');
    return { value: Number(number), start };
  }

  private object(depth: number, start: number): Read {
    const inner = new Map<string | number, Read & { keyStart: number }>();
    this.at++;
    for (let first = true; !this.closes('}', first); first = false) {
      const keyStart = this.at;
      const key = this.string();
      if (inner.has(key)) this.fail('the same key twice in one object', 'remove one of them', keyStart);
      if (key === '__proto__') this.fail('a key that no layout may hold', 'choose another word', keyStart);
      this.space();
      if (this.text[this.at] !== ':') this.fail('`:` is missing');
      this.at++;
      inner.set(key, { ...this.read(depth + 1), keyStart });
    }
    return { value: Object.fromEntries([...inner].map(([key, { value }]) => [key, value])), start, inner };
  }

  private list(depth: number, start: number): Read {
    const inner = new Map<string | number, Read & { keyStart: number }>();
    this.at++;
    for (let first = true; !this.closes(']', first); first = false) {
      const read = this.read(depth + 1);
      inner.set(inner.size, { ...read, keyStart: read.start });
    }
    return { value: [...inner.values()].map(({ value }) => value), start, inner };
  }

  /** Takes the closing bracket, or the comma before the next entry. */
  private closes(bracket: string, first: boolean): boolean {
    this.space();
    const next = this.text[this.at];
    if (next === bracket) {
      this.at++;
      return true;
    }
    if (first) return false;
    if (next !== ',') this.fail(next === undefined ? `\`${bracket}\` is missing` : '`,` is missing before this');
    this.at++;
    this.space();
    if (this.text[this.at] === bracket) this.fail('a comma before the closing bracket', 'remove it');
    return false;
  }

  private string(): string {
    const text = this.match(TEXT);
    if (text === undefined) this.fail('a text in double quotes is missing here, or it has no end');
    return JSON.parse(text) as string;
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found !== undefined) this.at += found.length;
    return found;
  }

  private space(): void {
    this.match(SPACE);
  }

  private fail(message: string, hint?: string, offset = this.at): never {
    throw new JsonProblem(message, offset, hint);
  }
}
