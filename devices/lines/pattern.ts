import { BridgeError } from '../../src/error.js';
import { type CharTest, type PatternNode, parsePattern } from './pattern-syntax.js';

type Step =
  | { readonly op: 'char'; readonly test: CharTest }
  | { readonly op: 'edge'; readonly at: 'start' | 'end' | 'word' | 'inside' }
  | { op: 'fork'; first: number; second: number }
  | { op: 'jump'; to: number }
  | { readonly op: 'save'; readonly slot: number }
  | { readonly op: 'match' };

/** Most steps a pattern may have once its counted repetitions are written out. */
const MAX_STEPS = 2000;

/**
 * A regular expression whose time grows with the length of the line and of the pattern, never faster, so that no
 * pattern and no line can hold up the bridge: it tries alternatives in JavaScript's order, but no step twice at the
 * same place (as RE2's bit-state matcher does). JavaScript's syntax, less what can't be matched so.
 */
export class Pattern {
  /** The names of its groups, in order. */
  readonly names: readonly string[];
  readonly syntax: PatternNode;
  private readonly steps: Step[] = [];
  private work = 0;

  /** Throws a BridgeError `pattern/syntax`, `pattern/unsupported` or `pattern/large`. */
  constructor(source: string) {
    this.syntax = parsePattern(source);
    const names: string[] = [];
    this.compile(this.syntax, names);
    this.emit({ op: 'match' });
    this.names = names;
  }

  /** True where the pattern occurs anywhere in the line. */
  test(line: string): boolean {
    return this.run(line) !== undefined;
  }

  /** The first match's named groups that took part; undefined where the pattern does not occur. */
  exec(line: string): Map<string, string> | undefined {
    const slots = this.run(line);
    if (!slots) return undefined;
    const groups = new Map<string, string>();
    this.names.forEach((name, index) => {
      const [start, end] = [slots[2 * index], slots[2 * index + 1]];
      if (start !== undefined && end !== undefined) groups.set(name, line.slice(start, end));
    });
    return groups;
  }

  private run(line: string): (number | undefined)[] | undefined {
    const seen = new Uint8Array(Math.ceil((this.steps.length * (line.length + 1)) / 8));
    for (let start = 0; start <= line.length; start++) {
      const slots = this.runFrom(line, start, seen);
      if (slots) return slots;
    }
    return undefined;
  }

  private runFrom(line: string, start: number, seen: Uint8Array): (number | undefined)[] | undefined {
    const slots: (number | undefined)[] = [];
    // What is left to try, last first: a place to go on from, or a slot to put back once that is tried.
    const todo: ({ pc: number; at: number } | { slot: number; old: number | undefined })[] = [{ pc: 0, at: start }];
    for (let next = todo.pop(); next; next = todo.pop()) {
      if ('slot' in next) {
        slots[next.slot] = next.old;
        continue;
      }
      let { pc, at } = next;
      for (;;) {
        const mark = pc * (line.length + 1) + at;
        if ((seen[mark >> 3] ?? 0) & (1 << (mark & 7))) break;
        seen[mark >> 3] = (seen[mark >> 3] ?? 0) | (1 << (mark & 7));
        const step = this.steps[pc] as Step;
        if (step.op === 'match') return slots;
        if (step.op === 'char') {
          if (at >= line.length || !step.test(line.charCodeAt(at))) break;
          at++;
        } else if (step.op === 'edge' && !isEdge(line, at, step.at)) {
          break;
        } else if (step.op === 'save') {
          todo.push({ slot: step.slot, old: slots[step.slot] });
          slots[step.slot] = at;
        } else if (step.op === 'fork') {
          todo.push({ pc: step.second, at });
        }
        pc = step.op === 'jump' ? step.to : step.op === 'fork' ? step.first : pc + 1;
      }
    }
    return undefined;
  }

  private emit(step: Step): number {
    if (this.steps.length >= MAX_STEPS) throw tooLarge();
    return this.steps.push(step) - 1;
  }

  private compile(node: PatternNode, names: string[]): void {
    // Also repetitions of nothing take time to write out.
    if (++this.work > 10 * MAX_STEPS) throw tooLarge();
    switch (node.kind) {
      case 'char':
        this.emit({ op: 'char', test: node.test });
        return;
      case 'edge':
        this.emit({ op: 'edge', at: node.at });
        return;
      case 'sequence':
        for (const item of node.items) this.compile(item, names);
        return;
      case 'named': {
        const slot = 2 * (names.push(node.name) - 1);
        this.emit({ op: 'save', slot });
        this.compile(node.item, names);
        this.emit({ op: 'save', slot: slot + 1 });
        return;
      }
      case 'choice':
        this.compileChoice(node.options, names);
        return;
      case 'repeat':
        this.compileRepeat(node, names);
    }
  }

  private compileChoice(options: readonly PatternNode[], names: string[]): void {
    const ends: { op: 'jump'; to: number }[] = [];
    options.forEach((option, index) => {
      const last = index === options.length - 1;
      const fork = { op: 'fork' as const, first: this.steps.length + 1, second: 0 };
      if (!last) this.emit(fork);
      this.compile(option, names);
      if (last) return;
      const end = { op: 'jump' as const, to: 0 };
      this.emit(end);
      ends.push(end);
      fork.second = this.steps.length;
    });
    for (const end of ends) end.to = this.steps.length;
  }

  private compileRepeat(node: Extract<PatternNode, { kind: 'repeat' }>, names: string[]): void {
    for (let i = 0; i < node.min; i++) this.compile(node.item, names);
    const optional = node.max === Number.POSITIVE_INFINITY ? 1 : node.max - node.min;
    const forks: { op: 'fork'; first: number; second: number }[] = [];
    for (let i = 0; i < optional; i++) {
      const fork = { op: 'fork' as const, first: 0, second: 0 };
      const at = this.emit(fork);
      forks.push(fork);
      this.compile(node.item, names);
      if (node.max === Number.POSITIVE_INFINITY) this.emit({ op: 'jump', to: at });
      if (node.greedy) fork.first = at + 1;
      else fork.second = at + 1;
    }
    for (const fork of forks) {
      if (node.greedy) fork.second = this.steps.length;
      else fork.first = this.steps.length;
    }
  }
}

function tooLarge(): BridgeError {
  return new BridgeError('pattern/large', 'the pattern repeats too much', { hint: 'use smaller counts in `{}`' });
}

function isEdge(line: string, at: number, edge: 'start' | 'end' | 'word' | 'inside'): boolean {
  if (edge === 'start') return at === 0;
  if (edge === 'end') return at === line.length;
  return (isWord(line, at - 1) !== isWord(line, at)) === (edge === 'word');
}

function isWord(line: string, at: number): boolean {
  return /\w/.test(line.charAt(at));
}
