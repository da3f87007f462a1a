import type { Datapoint } from './datapoints.js';

/** The polynomial of a degree that is nearest to the points, by least squares; through them where there are just enough. */
export function fitPolynomial(points: readonly Datapoint[], degree: number): (x: number) => number {
  // Around the middle and in units of the spread, so that powers of large measurements don't eat the precision.
  const xs = points.map(([x]) => x);
  const middle = (Math.min(...xs) + Math.max(...xs)) / 2;
  const spread = (Math.max(...xs) - Math.min(...xs)) / 2 || 1;
  const scaled = (x: number) => (x - middle) / spread;
  const size = degree + 1;
  const rows = Array.from({ length: size }, (_, row) => [
    ...Array.from({ length: size }, (_, column) => sum(points, ([x]) => scaled(x) ** (row + column))),
    sum(points, ([x, y]) => y * scaled(x) ** row),
  ]);
  const coefficients = solve(rows);
  return (x) => coefficients.reduceRight((value, coefficient) => value * scaled(x) + coefficient, 0);
}

function sum(points: readonly Datapoint[], term: (point: Datapoint) => number): number {
  return points.reduce((total, point) => total + term(point), 0);
}

/** The solution of linear equations, each row with its right side at the end; by elimination with the largest pivot. */
function solve(rows: number[][]): number[] {
  const size = rows.length;
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let column = 0; column < size; column++) {
    let best = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(at(row, column)) > Math.abs(at(best, column))) best = row;
    }
    const pivot = rows[best] ?? [];
    rows[best] = rows[column] ?? [];
    rows[column] = pivot;
    for (let row = column + 1; row < size; row++) {
      const factor = at(row, column) / (pivot[column] ?? 1);
      rows[row] = (rows[row] ?? []).map((value, i) => value - factor * (pivot[i] ?? 0));
    }
  }
  const solution = new Array<number>(size).fill(0);
  for (let row = size - 1; row >= 0; row--) {
    let rest = at(row, size);
    for (let column = row + 1; column < size; column++) rest -= at(row, column) * (solution[column] ?? 0);
    solution[row] = rest / at(row, row);
  }
  return solution;
}
