import { distance } from 'fastest-levenshtein';
import { isObject } from '../mesh/frame.js';
import { error, type LayoutFinding, type Linted, quoted, type Rule, warning } from './finding.js';
import { isSectioned, SECTIONS } from './sections.js';
import type { LayoutPath } from './walk.js';

/** What only newer apps know: units, sections, other places for other screens. */
export const NEWER_RULES: readonly Rule[] = [unitTypo, badSection, unmarkedSections, badPlacement];

/** Units that apps know by their names. */
const UNITS = (
  'celsius fahrenheit kelvin percent volts millivolts amperes amps milliamps watts kilowatts kilowatthours ohms hertz ' +
  'kilohertz megahertz meters millimeters centimeters kilometers inches feet miles kilometersperhour milesperhour ' +
  'meterspersecond knots seconds minutes hours days milliseconds grams kilograms pounds liters milliliters gallons pascals ' +
  'hectopascals kilopascals millibar bars degrees radians lux lumens decibels bytes kilobytes megabytes gigabytes rpm ppm'
).split(' ');
/** Shorter words are symbols, and those are anybody's choice. */
const WORD = 5;
/** Letters that a slip of the keyboard changes. */
const SLIP = 2;

function* unitTypo({ spots }: Linted): Generator<LayoutFinding> {
  for (const { control, path } of spots) {
    const { unit } = control;
    if (typeof unit !== 'string') continue;
    const word = unit.toLowerCase().replace(/[\s_-]/g, '');
    if (word.length < WORD || UNITS.includes(word) || UNITS.includes(`${word}s`)) continue;
    const near = UNITS.find((known) => known.length >= WORD && distance(word, known) <= SLIP);
    if (near) yield warning('unit_typo', [...path, 'unit'], `${quoted(unit)} is no unit`, `write \`${near}\``);
  }
}

function* badSection({ root, spots }: Linted): Generator<LayoutFinding> {
  const ids = new Set(spots.map(({ id }) => id));
  for (const name of Object.keys(SECTIONS)) {
    const section = root[name];
    if (section === undefined) continue;
    if (!isObject(section)) yield error('bad_section', [name], `\`${name}\` is an object by the ids of controls`);
    for (const [id, entry] of Object.entries(isObject(section) ? section : {})) {
      if (!ids.has(id)) yield error('bad_section', [name, id], `there is no control ${quoted(id)}`, 'apps drop this');
      else if (!isObject(entry)) yield error('bad_section', [name, id], 'an entry of a section is an object');
    }
  }
}

/** Older apps would show such a layout without its places and without its life. */
function* unmarkedSections({ root }: Linted): Generator<LayoutFinding> {
  if (!isSectioned(root) || root['schemaVersion'] === 2) return;
  const message = 'sections need `schemaVersion` 2, or older apps take the layout for one of theirs';
  yield warning('bad_schema_version', ['schemaVersion'], message, 'write `"schemaVersion":2`');
}

function* badPlacement({ spots }: Linted): Generator<LayoutFinding> {
  for (const { control, path } of spots) {
    for (const screen of ['landscape', 'regular']) {
      if (control[screen] !== undefined) yield* placement(control[screen], [...path, screen]);
    }
  }
}

function* placement(place: unknown, path: LayoutPath): Generator<LayoutFinding> {
  if (!isObject(place)) {
    yield warning('bad_placement', path, 'a place for other screens is an object', 'apps show the usual place');
    return;
  }
  const { position, span, hidden, ...others } = place;
  if (position !== undefined && !isPair(position, 0)) {
    yield warning('bad_placement', [...path, 'position'], '`position` is `[row, column]`, counted from 0');
  }
  if (span !== undefined && !isPair(span, 1)) {
    yield warning('bad_placement', [...path, 'span'], '`span` is `[rows, columns]`, each at least 1');
  }
  if (hidden !== undefined && typeof hidden !== 'boolean') {
    yield warning('bad_placement', [...path, 'hidden'], '`hidden` is true or false');
  }
  for (const key of Object.keys(others)) {
    yield warning('unknown_field', [...path, key], `a place has no ${quoted(key)}`, 'apps ignore it');
  }
}

function isPair(value: unknown, least: number): boolean {
  return Array.isArray(value) && value.length === 2 && value.every((cell) => Number.isInteger(cell) && cell >= least);
}
