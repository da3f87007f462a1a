import { expect, test } from 'vitest';
import { pageOf } from '../../src/layout-page.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { asciiSize } from '../../src/mesh/json.js';

const tab = (title: string, letters: number) => ({ title, icon: 'cpu', children: [{ text: 'ä'.repeat(letters) }] });
const layout = { name: 'Shed', version: 1, tabs: ['a', 'b', 'c', 'd', 'e'].map((title) => tab(title, 100)) };

/** Reads page after page, as a client does. */
function readAll(room: number): { tabs: unknown[]; pages: number } {
  const tabs: unknown[] = [];
  let pages = 0;
  for (let first: number | undefined = 0; first !== undefined; pages++) {
    const page = pageOf(layout, first, room);
    if (!page) throw new Error(`no page from tab ${first} on`);
    expect(asciiSize(page.layout)).toBeLessThanOrEqual(room);
    expect(page.layout).toMatchObject({ name: 'Shed', version: 1 });
    tabs.push(...(page.layout['tabs'] as JsonObject[]));
    first = page.next;
  }
  return { tabs, pages };
}

test('a layout that fits comes whole, wherever it is wanted from', () => {
  expect(pageOf(layout, 0)).toEqual({ layout });
  expect(pageOf(layout, 3)).toEqual({ layout });
});

test('a larger one comes in pages that are layouts themselves, with nothing lost', () => {
  expect(pageOf(layout, 0, 1_600)).toMatchObject({ tabs: [0, 2, 5], next: 2 });
  for (const room of [1_000, 1_600, 2_500, asciiSize(layout) - 1]) {
    const { tabs, pages } = readAll(room);
    expect(tabs).toEqual(layout.tabs);
    expect(pages).toBeGreaterThan(1);
  }
});

test('a tab that no frame holds, and one that is not there, are nothing', () => {
  expect(pageOf(layout, 0, 500)).toBeUndefined();
  expect(pageOf(layout, 5, 1_600)).toBeUndefined();
  expect(pageOf({ name: 'x'.repeat(900), tabs: 'none' }, 0, 500)).toBeUndefined();
});
