import type { JsonObject } from '../mesh/frame.js';

/** A control in its block: where in it, and how large, in cells. */
export interface Cell {
  readonly json: JsonObject;
  readonly at: readonly [row: number, column: number];
  readonly span: readonly [rows: number, columns: number];
}

/** Controls that belong together and keep their places to each other. */
export interface Block {
  readonly rows: number;
  readonly columns: number;
  readonly cells: readonly Cell[];
}

/** Columns of the grid: what a phone shows side by side. */
export const COLUMNS = 4;
/** Rows of a tab at most: newer apps refuse positions beyond 256. */
const ROWS = 250;

/** A block of one control. */
export function block(json: JsonObject, rows: number, columns: number): Block {
  return { rows, columns, cells: [{ json, at: [0, 0], span: [rows, columns] }] };
}

/** Lays blocks out in reading order, each beside the one before where there is room, else below all of them. */
export class Grid {
  readonly children: JsonObject[] = [];
  /** Blocks that there was no room for. */
  left = 0;
  private row = 0;
  private column = 0;
  private height = 0;

  /** `most`: controls that may be placed. */
  constructor(private readonly most = Number.POSITIVE_INFINITY) {}

  /** Rows taken so far. */
  get rows(): number {
    return this.row + this.height;
  }

  /** The grid as a layout says it. */
  get json(): JsonObject {
    return { columns: COLUMNS, rows: Math.max(1, this.rows) };
  }

  add({ rows, columns, cells }: Block): void {
    if (this.column + columns > COLUMNS) this.breakRow();
    if (this.left > 0 || this.row + rows > ROWS || this.children.length + cells.length > this.most) {
      this.left++;
      return;
    }
    for (const { json, at, span } of cells) {
      this.children.push({ ...json, position: [this.row + at[0], this.column + at[1]], span: [...span] });
    }
    this.column += columns;
    this.height = Math.max(this.height, rows);
  }

  private breakRow(): void {
    this.row += this.height;
    this.column = 0;
    this.height = 0;
  }
}
