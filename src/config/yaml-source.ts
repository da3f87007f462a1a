import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from 'yaml';
import { type Environment, mask, substitute, unmask } from './environment.js';
import type { Path } from './path.js';
import { MAX_DEPTH, syntaxProblems, tooDeepAt } from './yaml-syntax.js';

/** A place in the text; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Something wrong with the text itself, before any schema is asked. */
export interface SourceProblem extends Place {
  readonly path: Path;
  readonly message: string;
  readonly hint?: string;
}

/** A YAML (or JSON) text, read: its value, with environment variables filled in, and where everything is. */
export interface YamlSource {
  /** The value; undefined where the text is broken. An empty text is an empty mapping. */
  readonly value: unknown;
  readonly problems: readonly SourceProblem[];
  /** Values taken from the environment. */
  readonly taken: readonly string[];
  /** Where the key or the value at `path` is, or the nearest thing around it. */
  locate(path: Path, at: 'key' | 'value'): Place;
  /** Whether the value at `path` came from the environment, or should have. */
  origin(path: Path): 'file' | 'environment' | 'unset';
}

const CIRCULAR = ['an alias inside its own anchor', 'write the value out'] as const;
const DANGLING = ['an alias without its anchor', 'put the text in quotes if no alias is meant'] as const;
const EXPANDING = { line: 1, column: 1, path: [], message: 'too many aliases', hint: 'write some of them out' };

/** Reads a YAML text. Never throws for its content; what is wrong is in `problems`, which never quote the text. */
export function readYaml(text: string, env: Environment): YamlSource {
  const lines = new LineCounter();
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const broken = (problems: SourceProblem[]): YamlSource => ({
    value: undefined,
    problems,
    taken: [],
    locate: () => ({ line: 1, column: 1 }),
    origin: () => 'file',
  });
  const masked = mask(text);
  const deep = tooDeepAt(masked);
  if (deep !== undefined) {
    const before = text.slice(0, deep).split('\n');
    const place = { line: before.length, column: (before.at(-1) ?? '').length + 1 };
    const message = `more than ${MAX_DEPTH} mappings and lists in one another`;
    return broken([{ ...place, path: [], message, hint: 'look for stray brackets' }]);
  }
  const document = parseDocument(masked, {
    schema: 'core',
    stringKeys: true,
    prettyErrors: false,
    lineCounter: lines,
    logLevel: 'error',
    // Asked below, in less time.
    uniqueKeys: false,
  });
  const syntax = syntaxProblems(document).map(({ offset, ...problem }) => {
    return { ...placeOf(offset), path: [], ...problem };
  });
  if (document.errors.length > 0) return broken(syntax);

  const filled = fill(document, env);
  const problems = [
    ...syntax,
    ...filled.problems.map(({ node, ...problem }) => ({ ...placeOf(node.range?.[0] ?? 0), ...problem })),
  ];
  if (filled.unusable) return broken(problems);
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 }) ?? {};
  } catch {
    return broken([...problems, EXPANDING]);
  }
  return {
    value,
    problems,
    taken: filled.taken,
    locate: (path, at) => placeOf(nodeAt(document, path, at)?.range?.[0] ?? 0),
    origin: (path) => {
      const found = nodeAt(document, path, 'value');
      const node = isAlias(found) ? found.resolve(document) : found;
      return node ? (filled.origins.get(node) ?? 'file') : 'file';
    },
  };
}

/** Fills environment variables into the document's texts, in place, and finds what no config may hold. */
function fill(document: Document.Parsed, env: Environment) {
  const origins = new Map<Node, 'environment' | 'unset'>();
  const problems: { node: Node; path: Path; message: string; hint: string }[] = [];
  const taken: string[] = [];
  let unusable = false;
  visit(document, {
    Scalar(key, node, ancestors) {
      if (typeof node.value !== 'string') return;
      const text = unmask(node.value);
      node.value = text;
      if (key === 'key') {
        if (text !== '__proto__') return;
        problems.push({
          node,
          path: pathTo(ancestors, key),
          message: 'a key that no config may hold',
          hint: 'choose another word',
        });
        return;
      }
      const result = substitute(text, env);
      node.value = result.text;
      taken.push(...result.taken);
      if (result.problems.length > 0) origins.set(node, 'unset');
      else if (result.changed) origins.set(node, 'environment');
      problems.push(...result.problems.map((problem) => ({ node, path: pathTo(ancestors, key), ...problem })));
    },
    Alias(key, node, ancestors) {
      const target = node.resolve(document);
      if (target && !ancestors.includes(target)) return;
      unusable = true;
      const [message, hint] = target ? CIRCULAR : DANGLING;
      problems.push({ node, path: pathTo(ancestors, key), message, hint });
    },
  });
  return { origins, problems, taken, unusable };
}

/** The path of a node that `visit` came to as `key` of the last of `ancestors`. */
function pathTo(ancestors: readonly unknown[], key: unknown): Path {
  const path: (string | number)[] = [];
  ancestors.forEach((ancestor, depth) => {
    if (isPair(ancestor)) path.push(String(isScalar(ancestor.key) ? ancestor.key.value : ancestor.key));
    if (isSeq(ancestor))
      path.push(depth + 1 < ancestors.length ? ancestor.items.indexOf(ancestors[depth + 1]) : Number(key));
  });
  return path;
}

/** The node of the key or the value at a path, or the nearest around it: of a missing key, the key of its mapping. */
function nodeAt(document: Document.Parsed, path: Path, at: 'key' | 'value'): Node | undefined {
  let key: Node | undefined;
  let node: Node | undefined = document.contents ?? undefined;
  for (const step of path) {
    const collection = isAlias(node) ? node.resolve(document) : node;
    let nextKey: unknown;
    let next: unknown;
    if (isMap(collection)) {
      const pair = pairsOf(collection).get(step);
      if (!pair) return key ?? node;
      nextKey = pair.key;
      next = pair.value ?? pair.key;
    } else if (isSeq(collection) && typeof step === 'number') {
      next = collection.items[step];
      nextKey = next;
    }
    if (!next) return key ?? node;
    key = nextKey as Node;
    node = next as Node;
  }
  // A block mapping's own place is its first entry; its key says more.
  return at === 'key' || ((isMap(node) || isSeq(node)) && !node.flow) ? (key ?? node) : node;
}

/** The pairs of each mapping that was asked for one, by key. */
const pairs = new WeakMap<YAMLMap, ReadonlyMap<unknown, Pair>>();

/** Of pairs with the same key the first one counts. */
function pairsOf(map: YAMLMap): ReadonlyMap<unknown, Pair> {
  const known = pairs.get(map);
  if (known) return known;
  const found = new Map<unknown, Pair>();
  for (const pair of map.items) {
    if (isScalar(pair.key) && !found.has(pair.key.value)) found.set(pair.key.value, pair);
  }
  pairs.set(map, found);
  return found;
}
