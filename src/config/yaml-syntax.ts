import { type Document, type ErrorCode, isScalar, visit, type YAMLParseError, type YAMLWarning } from 'yaml';

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

/**
 * What is wrong with a document, in words; `second` is where another one begins, if any. One mistake makes many errors: of those
 * that confuse the parser only the first counts.
 */
export function syntaxProblems(document: Document.Parsed, second?: SyntaxProblem): SyntaxProblem[] {
  const errors = [...document.errors, ...document.warnings];
  const first = errors.find(({ code }) => !HARMLESS.has(code));
  const found = errors
    .filter((error) => error === first || HARMLESS.has(error.code))
    .map((error) => ({ offset: error.pos[0], sentence: unclosed(error) ?? SENTENCES[error.code] ?? NOT_YAML }));
  const twice = keysTwice(document).map((offset) => ({ offset, sentence: TWICE }));
  const problems = [...found, ...twice].map(({ offset, sentence: [message, hint] }): SyntaxProblem => {
    return { offset, message, ...(hint && { hint }) };
  });
  if (second && !first) problems.push(second);
  return problems
    .filter(({ offset }) => first === undefined || offset <= first.pos[0])
    .toSorted((a, b) => a.offset - b.offset);
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
