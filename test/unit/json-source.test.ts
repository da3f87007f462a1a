import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../src/config/json-source.js';

const TEXT = `{
  "name": "x",
  "tabs": [
    { "title": "a", "children": [ { "id": "p",
\t"min": -1.5e1 } ] }
  ]
}`;

describe('a JSON text', () => {
  it('is read as JSON is read', () => {
    fc.assert(
      fc.property(fc.json(), fc.boolean(), (text, spaced) => {
        const given = spaced ? JSON.stringify(JSON.parse(text), null, '\t') : text;
        fc.pre(!given.includes('"__proto__"'));
        const source = readJson(given);
        expect('value' in source && source.value).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each<[(string | number)[], 'key' | 'value', [number, number]]>([
    [[], 'value', [1, 1]],
    [['name'], 'key', [2, 3]],
    [['name'], 'value', [2, 11]],
    [['tabs', 0, 'children', 0, 'min'], 'value', [5, 9]],
    [['tabs', 0, 'children', 0, 'nothing'], 'value', [4, 35]],
    [['tabs', 0, 'children', 3, 'id'], 'value', [4, 33]],
    [['tabs', 7], 'key', [3, 3]],
  ])('knows where %j is (%s)', (path, at, [line, column]) => {
    const source = readJson(TEXT);
    expect('locate' in source && source.locate(path, at)).toEqual({ line, column });
  });

  it.each([
    ['{"a": 1,}', 1, 9, 'a comma before the closing bracket'],
    ['{"a": 1 "b": 2}', 1, 9, '`,` is missing before this'],
    ['{"a" 1}', 1, 6, '`:` is missing'],
    ['{"a": 1', 1, 8, '`}` is missing'],
    ['[1, 2', 1, 6, '`]` is missing'],
    ['{"a": 01}', 1, 8, '`,` is missing before this'],
    ['{\n  a: 1 }', 2, 3, 'a text in double quotes is missing here, or it has no end'],
    ['{"a": "b}', 1, 7, 'a text in double quotes is missing here, or it has no end'],
    ['{"a": NaN}', 1, 7, 'a value is missing here'],
    ['{"a": 1, "a": 2}', 1, 10, 'the same key twice in one object'],
    ['{"__proto__": 1}', 1, 2, 'a key that no layout may hold'],
    ['{} {}', 1, 4, 'something follows the end of the document'],
    ['', 1, 1, 'a value is missing here'],
    [`${'['.repeat(66)}`, 1, 66, 'more than 64 objects and lists in one another'],
  ])('that is broken is told with its place: %s', (text, line, column, message) => {
    expect(readJson(text)).toMatchObject({ problem: { line, column, message } });
  });

  it('never makes it throw', () => {
    const pieces = fc.array(fc.constantFrom('{', '}', '[', ']', '"', ',', ':', '1', 'a', '\\', '\n', 'null'));
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map((list) => list.join('')),
        ),
        (text) => {
          const source = readJson(text);
          let valid = true;
          try {
            JSON.parse(text);
          } catch {
            valid = false;
          }
          if (!valid) expect('problem' in source).toBe(true);
        },
      ),
    );
  });
});
