// Counts in a module where it goes, for a search that is led by it.
import { parse } from 'acorn';

/** The longest text of a source that is a word for inputs. */
const LONGEST_WORD = 24;

/** The module's source with a counter at each branch, exported as `$hits`, and the words that its own texts and keys are. */
export function instrument(source) {
  const edits = [];
  const words = new Set();
  let counters = 0;
  const insert = (at, text, closes = false) => edits.push({ at, text, closes });
  const hit = () => `$hits[${counters++}]++`;
  const around = ({ start, end }, before, visit, after) => {
    insert(start, before);
    visit();
    insert(end, after, true);
  };
  const statement = (node) => {
    if (node.type === 'BlockStatement') {
      insert(node.start + 1, `${hit()};`);
      walk(node);
    } else around(node, `{${hit()};`, () => walk(node), '}');
  };
  const expression = (node) => around(node, `(${hit()},`, () => walk(node), ')');
  const branches = {
    FunctionDeclaration: ({ body }) => [body, statement],
    FunctionExpression: ({ body }) => [body, statement],
    ArrowFunctionExpression: ({ body }) => [body, body.type === 'BlockStatement' ? statement : expression],
    ForStatement: ({ body }) => [body, statement],
    ForInStatement: ({ body }) => [body, statement],
    ForOfStatement: ({ body }) => [body, statement],
    WhileStatement: ({ body }) => [body, statement],
    DoWhileStatement: ({ body }) => [body, statement],
    CatchClause: ({ body }) => [body, statement],
    IfStatement: ({ consequent, alternate }) => [consequent, statement, alternate, statement],
    ConditionalExpression: ({ consequent, alternate }) => [consequent, expression, alternate, expression],
    LogicalExpression: ({ right }) => [right, expression],
  };
  const walk = (node) => {
    wordOf(node);
    const [first, firstAs, second, secondAs] = branches[node.type]?.(node) ?? [];
    if (node.type === 'SwitchCase' && node.consequent[0]) insert(node.consequent[0].start, `${hit()};`);
    for (const child of childrenOf(node)) {
      if (child === first) firstAs(child);
      else if (child === second) secondAs(child);
      else walk(child);
    }
    if (node.type === 'IfStatement' && !node.alternate) insert(node.end, ` else {${hit()}}`, true);
  };
  const wordOf = ({ type, value, key, computed }) => {
    const word = type === 'Literal' ? value : type === 'Property' && !computed ? key.name : undefined;
    if (typeof word === 'string' && word !== '' && word.length <= LONGEST_WORD) words.add(word);
  };
  walk(parse(source, { ecmaVersion: 'latest', sourceType: 'module' }));
  // Clamped, so that no counter begins anew.
  const head = `export const $hits = new Uint8ClampedArray(${Math.ceil(counters / 4) * 4});`;
  return { source: `${head}\n${applied(source, edits)}`, words: [...words] };
}

/** What ends at a place ends there before anything else begins. */
function applied(source, edits) {
  const sorted = edits.toSorted((a, b) => a.at - b.at || Number(b.closes) - Number(a.closes));
  let at = 0;
  let text = '';
  for (const edit of sorted) {
    text += source.slice(at, edit.at) + edit.text;
    at = edit.at;
  }
  return text + source.slice(at);
}

/** In the order of the source, which is also that of the edits at one place. */
function childrenOf(node) {
  return Object.values(node)
    .flat()
    .filter((value) => typeof value?.type === 'string')
    .toSorted((a, b) => a.start - b.start);
}
