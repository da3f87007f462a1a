import { useEffect, useRef } from 'preact/hooks';
import { formatValue } from '../../../layout/format-value.js';
import { valueAt } from '../../../layout/value-path.js';
import { isObject, type JsonObject } from '../../../mesh/frame.js';
import { type ControlProps, useControl } from '../context.js';
import { colour, labelOf, text } from '../fields.js';
import { Tile } from '../tile.js';

/** Lines that come in one after the other. */
export function LogConsole({ id, control }: ControlProps) {
  const state = useControl(id);
  const lines = state?.lines ?? [];
  const end = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = end.current?.parentElement;
    if (box) box.scrollTop = box.scrollHeight;
  }, [lines]);
  const colours = isObject(control['logColors']) ? control['logColors'] : {};
  return (
    <Tile id={id} control={control} shape="stack" extra="fill">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div class="console" role="log" aria-label={labelOf(control, id)} tabIndex={0}>
        {lines.length === 0 && <span class="nothing-yet">nothing yet</span>}
        {lines.map((line, i) => {
          const level = text(line, 'level') ?? '';
          const tone = colour(colours[level]);
          return (
            <div key={i} class={`entry ${level}`} style={tone ? { '--tone': tone } : undefined}>
              {text(line, 'text') ?? text(line, 'line') ?? text(line, 'message') ?? JSON.stringify(line)}
            </div>
          );
        })}
        <div ref={end} />
      </div>
    </Tile>
  );
}

/** Rows of columns. */
export function List({ id, control }: ControlProps) {
  const state = useControl(id);
  const rows = state?.rows ?? [];
  const given = Array.isArray(control['listColumns']) ? control['listColumns'].filter(isObject) : [];
  const columns: JsonObject[] =
    given.length > 0 ? given : Object.keys(rows[0] ?? {}).map((key) => ({ key, label: key }));
  return (
    <Tile id={id} control={control} shape="stack" extra="fill">
      <div class="console">
        <table class="rows">
          <thead>
            <tr>
              {columns.map((column, i) => (
                <th key={i} scope="col">
                  {String(column['label'] ?? column['key'])}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, r) => (
              <tr key={r}>
                {columns.map((column, i) => (
                  <td key={i}>{cell(row, String(column['key']), column['format'])}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <span class="nothing-yet">nothing yet</span>}
      </div>
    </Tile>
  );
}

/** A flat name counts before a path. */
function cell(row: JsonObject, key: string, format: unknown): string {
  if (Object.hasOwn(row, key)) return formatValue(row[key], format);
  const at = valueAt(row, key);
  return at.found ? formatValue(at.value, format) : '—';
}
