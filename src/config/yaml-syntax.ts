import {
  CST,
  type Document,
  type ErrorCode,
  isScalar,
  Lexer,
  Parser,
  visit,
  type YAMLParseError,
  type YAMLWarning,
} from 'yaml';

/** Something wrong with a YAML text at a character, in words that never quote the text. */
export interface SyntaxProblem {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}

type Sentence = readonly [message: string, hint?: string];

/** What the parser's error codes mean; its own messages may quote the text. */
const SENTENCES: Partial<Record<ErrorCode, Sentence>> = {
  BAD_DQ_ESCAPE: ['an unknown escape in a double-quoted text', 'use single quotes for text with backslashes'],
  BAD_INDENT: ['wrong indentation', 'indent the entries of one mapping or list equally'],
  BAD_SCALAR_START: ['a text begins with a character that means something in YAML', 'put the text in quotes'],
  BLOCK_AS_IMPLICIT_KEY: ['a mapping begins where a value was expected', 'put a text with `: ` in it in quotes'],
  BLOCK_IN_FLOW: ['an indented block inside `{…}` or `[…]`', 'write the inner part with `{…}` or `[…]` too'],
  MISSING_CHAR: ['something is missing here', 'look for a missing `:`, `,`, quote or closing bracket'],
  MULTILINE_IMPLICIT_KEY: ['a key runs over several lines', 'look for a missing `:` or quote'],
  MULTIPLE_DOCS: ['more than one document in the file', 'remove the `---` line and what follows'],
  NON_STRING_KEY: ['a key that is not a plain text', 'keys are words'],
  TAB_AS_INDENT: ['a tab in the indentation', 'use spaces'],
  TAG_RESOLVE_FAILED: ['an unknown tag', 'remove the word that begins with `!`, or put the text in quotes'],
  UNEXPECTED_TOKEN: ['something unexpected', 'look for a missing quote, or a stray bracket'],
};

const NOT_YAML: Sentence = ['not valid YAML'];
const TWICE: Sentence = ['the same key twice in one mapping', 'remove one of them'];

/** Mistakes that do not make the parser stumble over what follows. */
const HARMLESS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['BAD_DQ_ESCAPE', 'BAD_SCALAR_START', 'NON_STRING_KEY', 'TAG_RESOLVE_FAILED'] as const),
]);

/** What is wrong with a document, in words. One mistake makes many errors: of those that confuse the parser only the first counts. */
export function syntaxProblems(document: Document.Parsed): SyntaxProblem[] {
  const errors = [...document.errors, ...document.warnings];
  const first = errors.find(({ code }) => !HARMLESS.has(code));
  const found = errors
    .filter((error) => error === first || HARMLESS.has(error.code))
    .map((error) => ({ offset: error.pos[0], sentence: unclosed(error) ?? SENTENCES[error.code] ?? NOT_YAML }));
  const twice = keysTwice(document).map((offset) => ({ offset, sentence: TWICE }));
  return [...found, ...twice]
    .filter(({ offset }) => first === undefined || offset <= first.pos[0])
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ offset, sentence: [message, hint] }) => ({ offset, message, ...(hint && { hint }) }));
}

/** Where keys are that their mappings have already. The parser would compare each with all others. */
function keysTwice(document: Document.Parsed): number[] {
  const found: number[] = [];
  visit(document, {
    Map(_, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (seen.has(key.value)) found.push(key.range?.[0] ?? 0);
        seen.add(key.value);
      }
    },
  });
  return found;
}

/** The parser finds a bracket missing where the next line begins, and calls that an indentation. */
function unclosed({ message }: YAMLParseError | YAMLWarning): Sentence | undefined {
  const bracket = /^Flow .* end with a ([}\]])$/.exec(message)?.[1];
  if (bracket === undefined) return undefined;
  const opening = bracket === '}' ? '{' : '[';
  const hint = `add it before this line; lines between \`${opening}\` and \`${bracket}\` are indented`;
  return [`a \`${opening}\` has no \`${bracket}\``, hint];
}

/** Words, signs and gaps of one text; a config of two thousand points has half of them. */
const MAX_PARTS = 100_000;
/** Aliases of one text; what each means is looked for among all anchors. */
const MAX_ALIASES = 1_000;

/** Where a text has more parts or aliases than are read, and what to say of that; undefined where it has not. */
export function tooMuchIn(text: string): SyntaxProblem | undefined {
  let parts = 0;
  let aliases = 0;
  let offset = 0;
  let last = '';
  for (const lexeme of new Lexer().lex(text)) {
    parts++;
    // A word has a mark before it, and may look like anything.
    if (last !== CST.SCALAR && CST.tokenType(lexeme) === 'alias') aliases++;
    if (parts > MAX_PARTS) {
      return { offset, message: `more than ${MAX_PARTS} words and signs`, hint: 'is this the right file?' };
    }
    if (aliases > MAX_ALIASES) {
      return { offset, message: `more than ${MAX_ALIASES} aliases`, hint: 'write some of them out' };
    }
    if (!MARKS.has(lexeme)) offset += lexeme.length;
    last = lexeme;
  }
  return undefined;
}

/** What the lexer puts between the parts of the text. */
const MARKS: ReadonlySet<string> = new Set([CST.DOCUMENT, CST.FLOW_END, CST.SCALAR]);

/** Levels of mappings and lists in one another; more of them can exhaust the stack of what reads the document. */
export const MAX_DEPTH = 64;

/** The document around all of that, and the text inside. */
const AROUND = 2;

/**
 * Where a text nests more than MAX_DEPTH levels, as an offset; undefined where it does not. Looks while the text is parsed, as
 * the parser needs stack itself to leave many levels at once.
 */
export function tooDeepAt(text: string): number | undefined {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    Array.from(parser.next(lexeme));
    if (parser.stack.length > MAX_DEPTH + AROUND) return parser.offset;
  }
  return undefined;
}
