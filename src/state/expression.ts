import jsep from 'jsep';
import type { Value } from '../device/point.js';
import { BridgeError } from '../error.js';
import { FUNCTIONS } from './functions.js';

/** A point that an expression names. */
export interface Input {
  readonly device: string;
  readonly point: string;
}

/** What a point is now; null: unknown. */
export type ReadInput = (device: string, point: string) => Value | null;

type ResultType = 'boolean' | 'number' | 'string' | undefined;

/** The type of the values of a point; undefined where nobody knows it yet. */
export type TypeOfInput = (input: Input) => ResultType;

type Run = (read: ReadInput) => Value | null;

/** A formula over points, taken apart. */
export interface Expression {
  /** The points that it names, each once. */
  readonly inputs: readonly Input[];
  /** What it makes; undefined where that depends on what the points are. */
  readonly type: ResultType;
  /** The same where points have these types; throws `expression/invalid` where they can't be what it wants. */
  typeWith(typeOf: TypeOfInput): ResultType;
  /** Its value; unknown as soon as one input is, or where it has no value, such as 1/0. */
  evaluate(read: ReadInput): Value | null;
}

interface Part {
  readonly type: ResultType;
  readonly run: Run;
}

const ARITHMETIC: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
};

const ORDER: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** Takes a formula apart; throws `expression/invalid`, with a hint. Nothing in it can reach anything but the points that it names. */
export function parseExpression(text: string): Expression {
  let tree: jsep.Expression;
  try {
    tree = jsep(text);
  } catch (error) {
    throw unparsed(error instanceof Error ? error.message : String(error));
  }
  const inputs = new Map<string, Input>();
  const { type, run } = new Compiler(inputs, () => undefined).part(tree);
  return {
    inputs: [...inputs.values()],
    type,
    typeWith: (typeOf) => new Compiler(new Map(), typeOf).part(tree).type,
    evaluate: (read) => {
      for (const { device, point } of inputs.values()) if (read(device, point) === null) return null;
      const value = run(read);
      return typeof value === 'number' && !Number.isFinite(value) ? null : value;
    },
  };
}

/** Makes functions of the parser's tree. What is not listed here is refused. */
class Compiler {
  constructor(
    private readonly inputs: Map<string, Input>,
    private readonly typeOf: TypeOfInput,
  ) {}

  part(node: jsep.Expression): Part {
    const known = node as jsep.CoreExpression;
    switch (known.type) {
      case 'Literal':
        return this.literal(known.value);
      case 'MemberExpression':
        return this.point(known);
      case 'UnaryExpression':
        return this.unary(known.operator, this.part(known.argument));
      case 'BinaryExpression':
        return this.binary(known.operator, this.part(known.left), this.part(known.right));
      case 'ConditionalExpression':
        return this.choice(this.part(known.test), this.part(known.consequent), this.part(known.alternate));
      case 'CallExpression':
        return this.call(known);
      case 'Identifier':
        throw invalid(`\`${known.name}\` means nothing here`, 'a point is written as `device.point`');
      case 'Compound':
        throw invalid('this is no formula', known.body.some(isWordOperator) ? WORDS : EXAMPLE);
      default:
        throw invalid('this is no formula', EXAMPLE);
    }
  }

  private literal(value: unknown): Part {
    if (typeof value !== 'number' && typeof value !== 'boolean' && typeof value !== 'string') {
      throw invalid(`\`${String(value)}\` means nothing here`);
    }
    return { type: typeof value as ResultType, run: () => value };
  }

  private point({ object, property, computed, optional }: jsep.MemberExpression): Part {
    const names = [object, property].flatMap((part) => (part.type === 'Identifier' ? [String(part['name'])] : []));
    const [device, point] = names;
    if (computed || optional || device === undefined || point === undefined) {
      throw invalid('only points can be named', 'a point is written as `device.point`');
    }
    const input = { device, point };
    this.inputs.set(`${device}.${point}`, input);
    return { type: this.typeOf(input), run: (read) => read(device, point) };
  }

  private unary(operator: string, { type, run }: Part): Part {
    if (operator === '!') {
      expectType(operator, 'boolean', type);
      return { type: 'boolean', run: (read) => ofBoolean(run(read), (value) => !value) };
    }
    if (operator !== '-' && operator !== '+') throw unknownOperator(operator);
    expectType(operator, 'number', type);
    return {
      type: 'number',
      run: (read) => ofNumbers([run(read)], ([value = 0]) => (operator === '-' ? -value : value)),
    };
  }

  private binary(operator: string, left: Part, right: Part): Part {
    if (operator === '&&' || operator === '||') {
      expectType(operator, 'boolean', left.type, right.type);
      const join = operator === '&&' ? (a: boolean, b: boolean) => a && b : (a: boolean, b: boolean) => a || b;
      return {
        type: 'boolean',
        run: (read) => ofBoolean(left.run(read), (a) => ofBoolean(right.run(read), (b) => join(a, b))),
      };
    }
    if (operator === '==' || operator === '!=') {
      if (left.type && right.type) expectType(operator, left.type, right.type);
      return { type: 'boolean', run: (read) => equal(left.run(read), right.run(read), operator === '==') };
    }
    const calculate = Object.hasOwn(ARITHMETIC, operator) ? ARITHMETIC[operator] : undefined;
    const compare = Object.hasOwn(ORDER, operator) ? ORDER[operator] : undefined;
    const work = calculate ?? compare;
    if (!work) throw unknownOperator(operator);
    expectType(operator, 'number', left.type, right.type);
    return {
      type: calculate ? 'number' : 'boolean',
      run: (read) => ofNumbers([left.run(read), right.run(read)], ([a = 0, b = 0]) => work(a, b)),
    };
  }

  private choice(test: Part, yes: Part, no: Part): Part {
    expectType('?', 'boolean', test.type);
    if (yes.type && no.type && yes.type !== no.type) throw invalid(`\`?\` makes a ${yes.type} or a ${no.type}`);
    return {
      type: yes.type ?? no.type,
      run: (read) => ofBoolean(test.run(read), (value) => (value ? yes : no).run(read)),
    };
  }

  private call({ callee, arguments: given }: jsep.CallExpression): Part {
    const name = callee.type === 'Identifier' ? String(callee['name']) : '';
    const found = FUNCTIONS.get(name);
    if (!found) {
      const message = name === '' ? 'only functions can be called' : `there is no function \`${name}\``;
      throw invalid(message, `there are ${[...FUNCTIONS.keys()].join(', ')}`);
    }
    const { least, most, apply } = found;
    if (given.length < least || given.length > most) {
      const wanted = least === most ? `${least}` : `${least} to ${most}`;
      throw invalid(`\`${name}\` takes ${wanted} ${most === 1 ? 'number' : 'numbers'}, not ${given.length}`);
    }
    const parts = given.map((argument) => this.part(argument));
    expectType(name, 'number', ...parts.map(({ type }) => type));
    return {
      type: 'number',
      run: (read) =>
        ofNumbers(
          parts.map(({ run }) => run(read)),
          (values) => apply(...values),
        ),
    };
  }
}

/** What is unknown, or turns out to be of another type, makes the result unknown. */
function ofNumbers<T extends Value>(values: readonly (Value | null)[], work: (values: number[]) => T): T | null {
  const numbers = values.filter((value) => typeof value === 'number');
  return numbers.length === values.length ? work(numbers) : null;
}

function ofBoolean(value: Value | null, work: (value: boolean) => Value | null): Value | null {
  return typeof value === 'boolean' ? work(value) : null;
}

function equal(a: Value | null, b: Value | null, wanted: boolean): boolean | null {
  return a === null || b === null || typeof a !== typeof b ? null : (a === b) === wanted;
}

function expectType(operator: string, wanted: ResultType, ...types: readonly ResultType[]): void {
  const wrong = types.find((type) => type !== undefined && type !== wanted);
  if (wrong) throw invalid(`\`${operator}\` wants a ${wanted}, this is a ${wrong}`);
}

/** What stands in formulas for operators of other languages. */
const MEANT: Readonly<Record<string, string>> = {
  '^': 'a power is `pow(base, exponent)`',
  '**': 'a power is `pow(base, exponent)`',
  '&': 'did you mean `&&`?',
  '|': 'did you mean `||`?',
};

function unknownOperator(operator: string): BridgeError {
  return invalid(`there is no operator \`${operator}\``, MEANT[operator]);
}

const EXAMPLE = 'for example `shed.temp * 1.8 + 32`';
const WORDS = '`and` is written `&&`, `or` is `||`, `not` is `!`';

function isWordOperator(node: jsep.Expression): boolean {
  return node.type === 'Identifier' && /^(and|or|not)$/i.test(String(node['name']));
}

/** The parser's own words, as part of a sentence. */
function unparsed(text: string): BridgeError {
  const message = text.charAt(0).toLowerCase() + text.slice(1);
  return invalid(message, /^unexpected "="/.test(message) ? 'whether two are equal is asked by `==`' : EXAMPLE);
}

function invalid(message: string, hint?: string): BridgeError {
  return new BridgeError('expression/invalid', message, hint === undefined ? {} : { hint });
}
