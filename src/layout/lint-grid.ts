import { isObject, type JsonObject } from '../mesh/frame.js';
import { error, type LayoutFinding, type Linted, quoted, type Rule } from './finding.js';
import type { Container } from './walk.js';

/** Where controls are. */
export const GRID_RULES: readonly Rule[] = [badGrid, badSpan, badPosition, outOfBounds, overlap];

const DEFAULT = { columns: 4, rows: 8 };
const MOST = { columns: 64, rows: 512, position: 256, span: 64 };

interface Grid {
  readonly columns: number;
  readonly rows: number;
}

interface Placed {
  readonly child: JsonObject;
  readonly path: Container['path'];
  readonly row: number;
  readonly column: number;
  readonly rows: number;
  readonly columns: number;
}

/** The grid of a container; undefined where positions mean nothing (flow), or it is no grid. */
function gridOf({ json }: Container): Grid | undefined {
  const { grid } = json;
  if (grid === undefined) return DEFAULT;
  if (!isObject(grid) || grid['mode'] === 'flow') return undefined;
  const { columns = DEFAULT.columns, rows = DEFAULT.rows } = grid;
  return isCount(columns) && isCount(rows) ? { columns, rows } : undefined;
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1;
}

function pairOf(value: unknown): [number, number] | undefined {
  return Array.isArray(value) && value.length === 2 && value.every(Number.isInteger)
    ? (value as [number, number])
    : undefined;
}

/** The children of a grid that have a place in it. */
function placed(container: Container): Placed[] {
  return container.children.flatMap((child, i) => {
    const position = isObject(child) ? pairOf(child['position']) : undefined;
    if (!isObject(child) || !position) return [];
    const [rows, columns] = pairOf(child['span']) ?? [1, 1];
    const path = [...container.path, 'children', i];
    return [
      { child, path, row: position[0], column: position[1], rows: Math.max(1, rows), columns: Math.max(1, columns) },
    ];
  });
}

function* badGrid({ containers }: Linted): Generator<LayoutFinding> {
  for (const { json, path } of containers) {
    const { grid } = json;
    if (grid === undefined) continue;
    const at = [...path, 'grid'];
    if (!isObject(grid)) {
      yield error('bad_grid', at, 'a grid is an object', 'write `{"columns":4,"rows":8}`');
      continue;
    }
    const { mode = 'grid' } = grid;
    if (mode !== 'grid' && mode !== 'flow') yield error('bad_grid', [...at, 'mode'], '`mode` is `grid` or `flow`');
    for (const side of ['columns', 'rows'] as const) {
      const count = grid[side] ?? DEFAULT[side];
      if (isCount(count) && count <= MOST[side]) continue;
      yield error('bad_grid', [...at, side], `\`${side}\` is a whole number from 1 to ${MOST[side]}`);
    }
  }
}

function* badSpan({ spots }: Linted): Generator<LayoutFinding> {
  for (const { control, path } of spots) {
    const { span } = control;
    if (span === undefined || pairOf(span)?.every((cells) => cells >= 1 && cells <= MOST.span)) continue;
    const message = `\`span\` is \`[rows, columns]\`, whole numbers from 1 to ${MOST.span}`;
    yield error('bad_span', [...path, 'span'], message);
  }
}

function* badPosition({ containers }: Linted): Generator<LayoutFinding> {
  for (const container of containers) {
    if (!gridOf(container)) continue;
    for (const [i, child] of container.children.entries()) {
      if (!isObject(child) || pairOf(child['position'])) continue;
      const message = '`position` is `[row, column]`, whole numbers counted from 0';
      yield error('bad_position', [...container.path, 'children', i, 'position'], message);
    }
  }
}

function* outOfBounds({ containers }: Linted): Generator<LayoutFinding> {
  for (const container of containers) {
    const grid = gridOf(container);
    if (!grid) continue;
    for (const { path, row, column, rows, columns } of placed(container)) {
      if (row >= 0 && column >= 0 && row + rows <= grid.rows && column + columns <= grid.columns) continue;
      const message = `rows ${row}–${row + rows - 1}, columns ${column}–${column + columns - 1} of a grid of ${grid.rows} × ${grid.columns}`;
      yield error('out_of_bounds', [...path, 'position'], `lies outside: ${message}`, 'a position is `[row, column]`');
    }
  }
}

function* overlap({ containers }: Linted): Generator<LayoutFinding> {
  for (const container of containers) {
    if (!gridOf(container)) continue;
    // What lies beyond the largest grid is told as out of bounds.
    const cells: (JsonObject | undefined)[] = [];
    for (const { child, path, row, column, rows, columns } of placed(container)) {
      let under: JsonObject | undefined;
      for (let r = Math.max(0, row); r < Math.min(row + rows, MOST.rows); r++) {
        for (let c = Math.max(0, column); c < Math.min(column + columns, MOST.columns); c++) {
          under ??= cells[r * MOST.columns + c];
          cells[r * MOST.columns + c] = child;
        }
      }
      if (under) yield error('overlap', [...path, 'position'], `lies over ${quoted(under['id'])}`);
    }
  }
}
