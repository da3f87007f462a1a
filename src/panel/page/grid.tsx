import type { ComponentType } from 'preact';
import { typeOf } from '../../layout/walk.js';
import { isObject, type JsonObject } from '../../mesh/frame.js';
import { type ControlProps, useNews } from './context.js';
import { number, text } from './fields.js';

const ROW = 56;
/** A row of dividers only: a heading needs no more. */
const HEADING_ROW = 34;
const MOST_ROWS = 512;

/** The grid of a tab or a group, as the phone lays it out. */
export function Grid({ container, View }: { container: JsonObject; View: ComponentType<ControlProps> }) {
  const grid = isObject(container['grid']) ? container['grid'] : {};
  const children = Array.isArray(container['children']) ? container['children'].filter(isObject) : [];
  const columns = Math.min(64, Math.max(1, number(grid, 'columns', 4)));
  const height = number(grid, 'rowHeight', ROW);
  if (text(grid, 'mode') === 'flow') return <Flow items={children} columns={columns} View={View} />;
  return (
    <div class="grid" style={{ '--columns': columns, '--row': `${height}px`, gridTemplateRows: rowsOf(children) }}>
      {children.map((child, i) => (
        <Cell key={keyOf(child, i)} control={child} flow={false} View={View} />
      ))}
    </div>
  );
}

/** The heights of the rows up to the last one with a heading. */
function rowsOf(children: readonly JsonObject[]): string {
  const heading = new Set<number>();
  for (const child of children) if (typeOf(child) === 'divider') heading.add(placeOf(child).row);
  for (const child of children) {
    const { row, rows } = placeOf(child);
    if (typeOf(child) !== 'divider') for (let r = row; r < row + Math.min(rows, MOST_ROWS); r++) heading.delete(r);
  }
  const last = Math.min(MOST_ROWS, Math.max(-1, ...heading) + 1);
  const heights = Array.from(
    { length: last },
    (_, r) => `minmax(${heading.has(r) ? `${HEADING_ROW}px` : 'var(--row)'}, auto)`,
  );
  return heights.join(' ') || 'none';
}

/** Rows one below the other, each as high as it wants to be. */
function Flow({
  items,
  columns,
  View,
}: {
  items: readonly JsonObject[];
  columns: number;
  View: ComponentType<ControlProps>;
}) {
  const rows = new Map<number, JsonObject[]>();
  for (const item of items) {
    const { row } = placeOf(item);
    rows.set(row, [...(rows.get(row) ?? []), item]);
  }
  return (
    <div class="flow">
      {[...rows]
        .sort(([a], [b]) => a - b)
        .map(([row, list]) => (
          <div key={row} class="grid natural" style={{ '--columns': columns }}>
            {list.map((child, i) => (
              <Cell key={keyOf(child, i)} control={child} flow View={View} />
            ))}
          </div>
        ))}
    </div>
  );
}

function Cell({ control, flow, View }: { control: JsonObject; flow: boolean; View: ComponentType<ControlProps> }) {
  const conditional = control['visible'] !== undefined && control['visible'] !== null;
  const session = useNews(conditional ? 'visible' : 'none');
  const id = text(control, 'id') ?? '';
  const { row, column, rows, columns } = placeOf(control);
  const hidden = conditional && session.phone?.visible(id) === false;
  // A hidden control keeps its cell.
  const style = {
    gridRow: flow ? '1' : `${row + 1} / span ${rows}`,
    gridColumn: `${column + 1} / span ${columns}`,
    ...(hidden ? { visibility: 'hidden' } : {}),
  };
  return (
    <div class="cell" style={style} data-hidden={hidden ? 'true' : undefined}>
      <View control={control} id={id} />
    </div>
  );
}

function placeOf(control: JsonObject): { row: number; column: number; rows: number; columns: number } {
  const [row = 0, column = 0] = pair(control['position'], [0, 0]);
  const usual: [number, number] =
    typeOf(control) === 'gauge' ? [2, 2] : typeOf(control) === 'divider' ? [1, 4] : [1, 1];
  const [rows = 1, columns = 1] = pair(control['span'], usual);
  return { row, column, rows: Math.max(1, rows), columns: Math.max(1, columns) };
}

function pair(value: unknown, usual: [number, number]): number[] {
  const fits = Array.isArray(value) && value.length === 2 && value.every((n) => Number.isInteger(n) && n >= 0);
  return fits ? value : usual;
}

function keyOf(control: JsonObject, index: number): string | number {
  return text(control, 'id') ?? index;
}
