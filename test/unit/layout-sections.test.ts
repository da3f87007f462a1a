import { expect, test } from 'vitest';
import { contractOf } from '../../src/layout/contract.js';
import { lint } from '../../src/layout/lint.js';
import { folded, SECTIONS } from '../../src/layout/sections.js';
import { spots } from '../../src/layout/walk.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import interactive from '../vectors/layouts/interactive.json' with { type: 'json' };

/** The same layout with everything that a section may hold moved there. */
function sectioned(layout: JsonObject): JsonObject {
  const moved = structuredClone(layout);
  const sections: Record<string, JsonObject> = {};
  for (const { control, id } of spots(moved)) {
    for (const [section, parts] of Object.entries(SECTIONS)) {
      for (const part of parts) {
        if (control[part] === undefined || id === undefined) continue;
        sections[section] ??= {};
        const entries = sections[section] as Record<string, JsonObject>;
        entries[id] = { ...entries[id], [part]: control[part] };
        delete control[part];
      }
    }
  }
  return { ...moved, ...sections, schemaVersion: 2 };
}

test('a layout in sections means the same as one without', () => {
  const other = sectioned(interactive);
  expect(JSON.stringify(other['tabs'])).not.toContain('sync');
  expect(folded(other)).toEqual({ ...interactive, schemaVersion: 2 });
  const meaning = (layout: unknown) =>
    [...contractOf(layout).controls.values()].map(({ id, listens, actions }) => ({ id, listens, actions }));
  expect(meaning(other)).toEqual(meaning(interactive));
  expect(lint(other)).toEqual(lint(interactive));
});

test('a section wins over what stands in the control, leaves all else, and changes nothing that was given', () => {
  const control = { type: 'label', id: 'a', position: [0, 0], tint: '#111111' };
  const layout = {
    tabs: [{ children: [control, { ...control, position: [1, 0] }] }],
    placements: { a: { position: [5, 1], odd: true }, constructor: { position: [9, 9] } },
    styles: { a: 'none' },
  };
  const before = structuredClone(layout);
  expect(folded(layout)).toEqual({
    tabs: [
      {
        children: [
          { ...control, position: [5, 1] },
          { ...control, position: [1, 0] },
        ],
      },
    ],
  });
  expect(layout).toEqual(before);
  const plain = { tabs: [] };
  expect(folded(plain)).toBe(plain);
});

test('units that apps know, and symbols of one’s own, are no slips', () => {
  const layout = (unit: string) => ({
    name: 'x',
    version: 1,
    tabs: [
      {
        title: 'x',
        icon: 'x',
        grid: { columns: 4, rows: 4 },
        children: [{ type: 'label', id: 'a', position: [0, 0], unit }],
      },
    ],
  });
  for (const unit of ['celsius', 'Celsius', '°F', 'km/h', 'percent', 'dBFS', '°/s', 'Meters', 'volt', 'sparrows']) {
    expect(
      lint(layout(unit)).map(({ code }) => code),
      unit,
    ).toEqual(['needs_newer_app']);
  }
});
