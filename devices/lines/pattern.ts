import { type AST, RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';
import { type Matcher, RE2JS, RE2JSSyntaxException } from 're2js';
import { BridgeError } from '../../src/error.js';

/** Longest pattern accepted, in characters. */
const MAX_PATTERN = 500;
/** Most steps of a compiled pattern. Each may cost time at each character: at 1000 some ms for a line of 1 KiB. */
const MAX_STEPS = 1000;

/** The escapes of single characters that mean the same to JavaScript and to RE2. */
const ESCAPE = /^\\(?:[ -/:-@[-`{-~]|[fnrtv0]|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|c[A-Za-z])$/;

/**
 * A regular expression as JavaScript writes it, matched by RE2: its time grows with the length of the line and of the
 * pattern, never faster, so that no pattern and no line can hold up the bridge. Alternatives are tried in
 * JavaScript's order; a group that repeats keeps what it matched last.
 */
export class Pattern {
  /** The names of its groups, in order. */
  readonly names: readonly string[];
  readonly syntax: AST.Pattern;
  private readonly matcher: Matcher;
  private readonly groups: readonly (readonly [name: string, index: number])[];

  /**
   * Throws a BridgeError: `pattern/syntax` for a broken pattern, `pattern/unsupported` for what RE2 can't match or
   * understands in another way, `pattern/large` for one with too high counts.
   */
  constructor(source: string) {
    this.syntax = parse(source);
    refuseUnsupported(this.syntax);
    // Compiling takes its time with each step: what is far too large is not even compiled.
    if (stepsOf(this.syntax) > 4 * MAX_STEPS) throw tooLarge();
    const program = compile(source);
    this.groups = Object.entries(program.namedGroups());
    this.names = this.groups.map(([name]) => name);
    this.matcher = program.matcher('');
  }

  /** True where the pattern occurs anywhere in the line. */
  test(line: string): boolean {
    return this.matcher.pattern().test(line);
  }

  /** The first match's named groups that took part; undefined where the pattern does not occur. */
  exec(line: string): Map<string, string> | undefined {
    if (!this.matcher.resetMatcherInput(line).find()) return undefined;
    const texts = new Map<string, string>();
    for (const [name, index] of this.groups) {
      const text = this.matcher.group(index);
      if (text !== null) texts.set(name, text);
    }
    return texts;
  }
}

function parse(source: string): AST.Pattern {
  if (source.length > MAX_PATTERN) throw new BridgeError('pattern/syntax', `longer than ${MAX_PATTERN} characters`);
  try {
    // The engine first: the parser's time for a name that is there twice doubles again with each bracket around it.
    RegExp(source);
    return new RegExpParser().parsePattern(source);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new BridgeError('pattern/syntax', error.message, {
      hint: 'a named group is written `(?<name>…)`, a bracket that is just a bracket `\\(` or `\\[`',
    });
  }
}

function refuseUnsupported(syntax: AST.Pattern): void {
  visitRegExpAST(syntax, {
    onAssertionEnter: (node) => {
      if (node.kind !== 'lookahead' && node.kind !== 'lookbehind') return;
      throw unsupported(node.raw, 'patterns have no lookahead and no lookbehind');
    },
    onBackreferenceEnter: (node) => {
      throw unsupported(node.raw, 'patterns have no back-references');
    },
    onCapturingGroupEnter: (node) => {
      if (node.name === null || /^\w+$/.test(node.name)) return;
      throw unsupported(`(?<${node.name}>`, 'the name of a group has letters a to z, digits and `_`');
    },
    onCharacterEnter: (node) => {
      if (!node.raw.startsWith('\\') || ESCAPE.test(node.raw)) return;
      throw unsupported(
        node.raw,
        'a backslash goes before punctuation, or begins `\\d`, `\\w`, `\\s`, `\\b`, `\\t` and their like',
      );
    },
    onCharacterClassEnter: (node) => {
      if (/\[:\^?\w+:\]$/.test(node.raw)) throw unsupported(node.raw, 'write the characters, for example `[A-Za-z]`');
    },
  });
}

/** About how many steps a part of a pattern compiles to: repeats are copies. */
function stepsOf(node: AST.Pattern | AST.Alternative | AST.Element): number {
  const parts: readonly (AST.Alternative | AST.Element)[] | undefined =
    'alternatives' in node ? node.alternatives : node.type === 'Alternative' ? node.elements : undefined;
  if (parts) return parts.reduce((steps, each) => steps + stepsOf(each), 0);
  if (node.type !== 'Quantifier') return 1;
  return stepsOf(node.element) * (Number.isFinite(node.max) ? node.max : Math.max(1, node.min));
}

function compile(source: string): RE2JS {
  try {
    const program = RE2JS.compile(RE2JS.translateRegExp(source));
    if (program.programSize() > MAX_STEPS) throw tooLarge();
    return program;
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException)) throw error;
    if (error.error === 'invalid repeat count' || error.error === 'expression too large') throw tooLarge();
    throw unsupported(error.input ?? '', error.error);
  }
}

function unsupported(what: string, hint: string): BridgeError {
  const shown = what.length > 20 ? `${what.slice(0, 20)}…` : what;
  return new BridgeError('pattern/unsupported', `\`${shown}\` is not supported here`, { hint });
}

function tooLarge(): BridgeError {
  return new BridgeError('pattern/large', 'the pattern repeats too much', { hint: 'use smaller counts in `{}`' });
}
