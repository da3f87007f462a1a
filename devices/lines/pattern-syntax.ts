import { BridgeError } from '../../src/error.js';

/** One character of a line, by its UTF-16 code. */
export type CharTest = (code: number) => boolean;

/** A parsed pattern. Unnamed groups leave no trace. */
export type PatternNode =
  | { readonly kind: 'char'; readonly test: CharTest }
  | { readonly kind: 'edge'; readonly at: 'start' | 'end' | 'word' | 'inside' }
  | { readonly kind: 'sequence'; readonly items: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly options: readonly PatternNode[] }
  | { readonly kind: 'named'; readonly name: string; readonly item: PatternNode }
  | {
      readonly kind: 'repeat';
      readonly item: PatternNode;
      readonly min: number;
      readonly max: number;
      readonly greedy: boolean;
    };

/** Longest pattern accepted, in characters. */
export const MAX_PATTERN = 500;

const EDGES: ReadonlyMap<string, 'start' | 'end' | 'word' | 'inside'> = new Map([
  ['^', 'start'],
  ['$', 'end'],
  ['\\b', 'word'],
  ['\\B', 'inside'],
]);

const COUNT = /[*+?]|\{(\d+)(,(\d*))?\}/y;
const NAMED = /\(\?<([A-Za-z_$][\w$]*)>/y;
const CLASS = /\[(?:\\.|[^\]\\])*\]/y;
const ESCAPE = /\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[dDwWsStnrfv]|0(?!\d)|[^A-Za-z0-9])/y;

/**
 * Parses the part of JavaScript's regular expressions that can be matched in linear time.
 * Throws `pattern/syntax` for a broken pattern and `pattern/unsupported` for lookaround, back-references, and
 * named groups that repeat.
 */
export function parsePattern(source: string): PatternNode {
  if (source.length > MAX_PATTERN) throw new BridgeError('pattern/syntax', `longer than ${MAX_PATTERN} characters`);
  try {
    new RegExp(source);
  } catch (error) {
    throw new BridgeError('pattern/syntax', error instanceof Error ? error.message : String(error));
  }
  return new Parser(source).parse();
}

/** Reads a source that the native engine accepts, so that it need not look for mistakes. */
class Parser {
  private at = 0;
  private repeated = 0;

  constructor(private readonly source: string) {}

  parse(): PatternNode {
    const node = this.choice();
    if (this.at < this.source.length) throw unsupported(this.source.slice(this.at, this.at + 8));
    return node;
  }

  private choice(): PatternNode {
    const options = [this.sequence()];
    while (this.source[this.at] === '|') {
      this.at++;
      options.push(this.sequence());
    }
    return options.length === 1 ? (options[0] as PatternNode) : { kind: 'choice', options };
  }

  private sequence(): PatternNode {
    const items: PatternNode[] = [];
    while (this.at < this.source.length && this.source[this.at] !== '|' && this.source[this.at] !== ')') {
      items.push(this.repeat());
    }
    return { kind: 'sequence', items };
  }

  private repeat(): PatternNode {
    const names = this.repeated;
    const item = this.atom();
    const count = this.take(COUNT);
    if (!count) return item;
    const greedy = this.source[this.at] !== '?';
    if (!greedy) this.at++;
    const [min, max] = bounds(count);
    if (max > 1 && this.repeated > names) throw unsupported('a named group that repeats');
    return { kind: 'repeat', item, min, max, greedy };
  }

  private atom(): PatternNode {
    const char = this.source[this.at] ?? '';
    if (char === '(') return this.group();
    for (const [text, at] of EDGES) {
      if (this.source.startsWith(text, this.at)) {
        this.at += text.length;
        return { kind: 'edge', at };
      }
    }
    const escaped = char === '\\' ? this.take(ESCAPE) : undefined;
    if (char === '\\' && !escaped) throw unsupported(this.source.slice(this.at, this.at + 2));
    const set = escaped ?? this.take(CLASS);
    if (set) return { kind: 'char', test: charTest(set[0]) };
    this.at++;
    return { kind: 'char', test: char === '.' ? charTest('.') : (code) => code === char.charCodeAt(0) };
  }

  private group(): PatternNode {
    const named = this.take(NAMED);
    if (!named && this.source[this.at + 1] === '?' && this.source[this.at + 2] !== ':') {
      throw unsupported(this.source.slice(this.at, this.at + 4));
    }
    if (!named) this.at += this.source[this.at + 1] === '?' ? 3 : 1;
    const item = this.choice();
    this.at++;
    if (!named) return item;
    this.repeated++;
    return { kind: 'named', name: named[1] ?? '', item };
  }

  private take(what: RegExp): RegExpExecArray | undefined {
    what.lastIndex = this.at;
    const match = what.exec(this.source);
    if (match) this.at += match[0].length;
    return match ?? undefined;
  }
}

function bounds(count: RegExpExecArray): [number, number] {
  if (count[0] === '*') return [0, Number.POSITIVE_INFINITY];
  if (count[0] === '+') return [1, Number.POSITIVE_INFINITY];
  if (count[0] === '?') return [0, 1];
  const min = Number(count[1]);
  if (count[2] === undefined) return [min, min];
  return [min, count[3] ? Number(count[3]) : Number.POSITIVE_INFINITY];
}

/** One character costs the native engine a constant time, so its own meaning of `\d`, `[a-z]` and `.` is used. */
function charTest(set: string): CharTest {
  const native = new RegExp(`^${set}$`);
  const ascii = Array.from({ length: 128 }, (_, code) => native.test(String.fromCharCode(code)));
  return (code) => ascii[code] ?? native.test(String.fromCharCode(code));
}

function unsupported(what: string): BridgeError {
  return new BridgeError('pattern/unsupported', `\`${what}\` is not supported here`, {
    hint: 'patterns have no lookahead, no lookbehind, no back-references and no named groups that repeat',
  });
}
