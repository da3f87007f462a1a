import type { PointSpec } from '../device/point.js';
import type { JsonObject } from '../mesh/frame.js';
import type { Store } from '../state/store.js';
import { printable } from '../text.js';
import { controlFor } from './control.js';
import { healthLight } from './own-frames.js';

/** Columns of the grid that a device's controls are laid out in: what a phone shows side by side. */
const COLUMNS = 4;

/**
 * The content of the dynamic group `<ns>.devices`: for each device a group with its health and a control for each point.
 * Ids are made of the devices' and points' own, so that a deck pushed again changes nothing on the phone.
 */
export function deck(store: Store, namespace: string): JsonObject[] {
  const groups: JsonObject[] = [];
  let row = 0;
  for (const device of store.devices()) {
    const specs = [...store.points(device).values()].map(({ spec }) => spec);
    if (specs.length === 0) continue;
    const group = deviceGroup(device, specs, namespace, row);
    groups.push(group.json);
    row += group.rows;
  }
  return groups;
}

function deviceGroup(device: string, specs: readonly PointSpec[], namespace: string, row: number) {
  const id = `dyn-${device}`;
  const light = { ...healthLight(device, namespace), id: `${id}--health`, position: [0, 0], span: [1, COLUMNS] };
  const children: JsonObject[] = [light];
  let at = { row: 1, column: 0 };
  for (const spec of specs) {
    const control = controlFor(spec, device, namespace);
    if (!control) continue;
    const { json, span } = control;
    if (at.column + span > COLUMNS) at = { row: at.row + 1, column: 0 };
    children.push({
      ...json,
      id: `${id}-${spec.id}`,
      label: printable(spec.label ?? spec.id, 40),
      position: [at.row, at.column],
      span: [1, span],
    });
    at = { row: at.row, column: at.column + span };
  }
  const rows = at.row + 1;
  const json = {
    type: 'group',
    id,
    label: device,
    position: [row, 0],
    span: [rows, COLUMNS],
    grid: { columns: COLUMNS, rows },
    children,
  };
  return { json, rows };
}
