import { CST, Lexer, type LineCounter, Parser } from 'yaml';
import type { SyntaxProblem } from './yaml-syntax.js';

/** Words, signs and gaps of one text; a config of two thousand points has half of them. */
const MAX_PARTS = 100_000;
/** Aliases of one text; what each means is looked for among all anchors. */
const MAX_ALIASES = 1_000;
/** Levels of mappings and lists in one another; more of them can exhaust the stack of what reads the document. */
const MAX_DEPTH = 64;
/** The document around all of that, and the text inside. */
const AROUND = 2;

const HINT = 'is this the right file?';
const MUCH = { message: `more than ${MAX_PARTS} words and signs`, hint: HINT };
const ALIASES = { message: `more than ${MAX_ALIASES} aliases`, hint: 'write some of them out' };
const DEEP = { message: `more than ${MAX_DEPTH} mappings and lists in one another`, hint: 'look for stray brackets' };
const SECOND = { message: 'more than one document in the file', hint: 'remove the `---` line and what follows' };

/** The first document of a text, in tokens for a composer, or where there is more than is read. */
export interface Tokens {
  readonly tokens: readonly CST.Token[];
  readonly excess?: SyntaxProblem;
  /** A second document, of which nothing is read. */
  readonly second?: SyntaxProblem | undefined;
}

/**
 * Takes a YAML text apart, up to where the parser stumbles: nothing after that means what it says. Looks at limits meanwhile,
 * since the parser needs stack itself to leave many levels at once.
 */
export function readTokens(text: string, lines: LineCounter): Tokens {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  const tokens: CST.Token[] = [];
  let documents = 0;
  let second: SyntaxProblem | undefined;
  /** Returns whether to go on. */
  const take = (found: Iterable<CST.Token>): boolean => {
    for (const token of found) {
      if (token.type === 'document' && ++documents > 1) {
        second = { offset: token.offset, ...SECOND };
        return false;
      }
      tokens.push(token);
      if (token.type === 'error') return false;
    }
    return true;
  };
  let parts = 0;
  let aliases = 0;
  let last = '';
  for (const lexeme of new Lexer().lex(text)) {
    // A word has a mark before it, and may look like anything.
    if (last !== CST.SCALAR && CST.tokenType(lexeme) === 'alias') aliases++;
    const excess = ++parts > MAX_PARTS ? MUCH : aliases > MAX_ALIASES ? ALIASES : undefined;
    if (excess) return { tokens: [], excess: { offset: parser.offset, ...excess } };
    if (!take(parser.next(lexeme))) break;
    if (parser.stack.length > MAX_DEPTH + AROUND) return { tokens: [], excess: { offset: parser.offset, ...DEEP } };
    last = lexeme;
  }
  if (!second) take(parser.end());
  return { tokens, second };
}
