/** A function that formulas may call: how many numbers it takes, and what it makes of them. */
export interface NumberFunction {
  readonly least: number;
  readonly most: number;
  apply(...values: number[]): number;
}

const MANY = 16;

const of = (least: number, most: number, apply: (...values: number[]) => number): NumberFunction => ({
  least,
  most,
  apply,
});

/** All of them, by name. */
export const FUNCTIONS: ReadonlyMap<string, NumberFunction> = new Map([
  ['abs', of(1, 1, Math.abs)],
  ['ceil', of(1, 1, Math.ceil)],
  ['cos', of(1, 1, Math.cos)],
  ['exp', of(1, 1, Math.exp)],
  ['floor', of(1, 1, Math.floor)],
  ['ln', of(1, 1, Math.log)],
  ['log10', of(1, 1, Math.log10)],
  ['max', of(2, MANY, Math.max)],
  ['min', of(2, MANY, Math.min)],
  ['pow', of(2, 2, Math.pow)],
  ['round', of(1, 2, (value, decimals = 0) => Math.round(value * 10 ** decimals) / 10 ** decimals)],
  ['sin', of(1, 1, Math.sin)],
  ['sqrt', of(1, 1, Math.sqrt)],
  ['tan', of(1, 1, Math.tan)],
]);
