import {
  Composer,
  type CST,
  type Document,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Scalar,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import { type Environment, mask, substitute, unmask } from './environment.js';
import type { Path } from './path.js';
import { Nodes } from './yaml-nodes.js';
import { type SyntaxProblem, syntaxProblems } from './yaml-syntax.js';
import { readTokens } from './yaml-tokens.js';

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
  const told = ({ offset, ...problem }: SyntaxProblem): SourceProblem => ({ ...placeOf(offset), path: [], ...problem });
  const broken = (problems: SourceProblem[]): YamlSource => ({
    value: undefined,
    problems,
    taken: [],
    locate: () => ({ line: 1, column: 1 }),
    origin: () => 'file',
  });
  const masked = mask(text);
  const { tokens, excess, second } = readTokens(masked, lines);
  if (excess) return broken([told(excess)]);
  const document = compose(tokens, masked.length);
  const syntax = syntaxProblems(document, second).map(told);
  if (document.errors.length > 0 || second) return broken(syntax);

  const filled = fill(document, env);
  const nodes = new Nodes(document, filled.targets);
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
    locate: (path, at) => placeOf(nodes.at(path, at)?.range?.[0] ?? 0),
    origin: (path) => {
      const node = nodes.target(nodes.at(path, 'value'));
      return node ? (filled.origins.get(node) ?? 'file') : 'file';
    },
  };
}

/** The document that tokens make; a text without any is an empty one. */
function compose(tokens: readonly CST.Token[], length: number): Document.Parsed {
  // Whether a key is there twice is asked elsewhere, in less time.
  const composer = new Composer({ schema: 'core', stringKeys: true, logLevel: 'error', uniqueKeys: false });
  const [document] = withoutTraces(() => [...composer.compose(tokens, true, length)]);
  return document as Document.Parsed;
}

/** What is wrong in a text is an error each, whose traces nobody sees, and which would take most of the time. */
function withoutTraces<T>(parse: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return parse();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** Fills environment variables into the document's texts, in place, and finds what no config may hold. */
function fill(document: Document.Parsed, env: Environment) {
  const origins = new Map<Node, 'environment' | 'unset'>();
  // An alias means the last anchor of its name before it.
  const anchors = new Map<string, Node>();
  const targets = new Map<Node, Node>();
  const problems: { node: Node; path: Path; message: string; hint: string }[] = [];
  const taken: string[] = [];
  let unusable = false;
  const anchored = (node: Scalar | YAMLMap | YAMLSeq) => void (node.anchor && anchors.set(node.anchor, node));
  visit(document, {
    Collection: (_, node) => anchored(node),
    Scalar(key, node, ancestors) {
      anchored(node);
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
      for (const value of result.taken) taken.push(value);
      if (result.problems.length > 0) origins.set(node, 'unset');
      else if (result.changed) origins.set(node, 'environment');
      const path = result.problems.length > 0 ? pathTo(ancestors, key) : [];
      for (const problem of result.problems) problems.push({ node, path, ...problem });
    },
    Alias(key, node, ancestors) {
      const target = anchors.get(node.source);
      if (target) targets.set(node, target);
      if (target && !ancestors.includes(target)) return;
      unusable = true;
      const [message, hint] = target ? CIRCULAR : DANGLING;
      problems.push({ node, path: pathTo(ancestors, key), message, hint });
    },
  });
  return { origins, problems, taken, targets, unusable };
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
