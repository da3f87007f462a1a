import { type ErrorCode, Lexer, Parser, type YAMLParseError, type YAMLWarning } from 'yaml';

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
  DUPLICATE_KEY: ['the same key twice in one mapping', 'remove one of them'],
  MISSING_CHAR: ['something is missing here', 'look for a missing `:`, `,`, quote or closing bracket'],
  MULTILINE_IMPLICIT_KEY: ['a key runs over several lines', 'look for a missing `:` or quote'],
  MULTIPLE_DOCS: ['more than one document in the file', 'remove the `---` line and what follows'],
  NON_STRING_KEY: ['a key that is not a plain text', 'keys are words'],
  TAB_AS_INDENT: ['a tab in the indentation', 'use spaces'],
  TAG_RESOLVE_FAILED: ['an unknown tag', 'remove the word that begins with `!`, or put the text in quotes'],
  UNEXPECTED_TOKEN: ['something unexpected', 'look for a missing quote, or a stray bracket'],
};

/** Mistakes that do not make the parser stumble over what follows. */
const HARMLESS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  ...(['BAD_DQ_ESCAPE', 'BAD_SCALAR_START', 'DUPLICATE_KEY', 'NON_STRING_KEY', 'TAG_RESOLVE_FAILED'] as const),
]);

/** The parser's errors in words. One mistake makes many of them: of those that confuse the parser only the first counts. */
export function syntaxProblems(errors: readonly (YAMLParseError | YAMLWarning)[]): SyntaxProblem[] {
  const first = errors.find(({ code }) => !HARMLESS.has(code));
  return errors
    .filter((error) => error === first || HARMLESS.has(error.code))
    .filter((error) => first === undefined || error.pos[0] <= first.pos[0])
    .map((error) => {
      const [message, hint] = unclosed(error) ?? SENTENCES[error.code] ?? ['not valid YAML'];
      return { offset: error.pos[0], message, ...(hint && { hint }) };
    });
}

/** The parser finds a bracket missing where the next line begins, and calls that an indentation. */
function unclosed({ message }: YAMLParseError | YAMLWarning): Sentence | undefined {
  const bracket = /^Flow .* end with a ([}\]])$/.exec(message)?.[1];
  if (bracket === undefined) return undefined;
  const opening = bracket === '}' ? '{' : '[';
  const hint = `add it before this line; lines between \`${opening}\` and \`${bracket}\` are indented`;
  return [`a \`${opening}\` has no \`${bracket}\``, hint];
}

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
