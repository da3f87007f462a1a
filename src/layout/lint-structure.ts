import { isObject } from '../mesh/frame.js';
import { error, type LayoutFinding, type Linted, quoted, type Rule, warning } from './finding.js';

/** What must be there at all. */
export const STRUCTURE_RULES: readonly Rule[] = [
  structure,
  missingTopLevel,
  missingInTab,
  missingInControl,
  duplicateIds,
  duplicateTitles,
  badTopLevel,
];

function* structure({ root, containers }: Linted): Generator<LayoutFinding> {
  const { tabs } = root;
  if (tabs !== undefined && !Array.isArray(tabs)) yield error('structure', ['tabs'], '`tabs` is a list');
  if (!Array.isArray(tabs)) return;
  for (const [i, tab] of tabs.entries()) {
    if (!isObject(tab)) yield error('structure', ['tabs', i], 'a tab is an object');
    else if (tab['children'] !== undefined && !Array.isArray(tab['children'])) {
      yield error('structure', ['tabs', i, 'children'], '`children` is a list');
    }
  }
  for (const { children, path } of containers) {
    for (const [i, child] of children.entries()) {
      if (!isObject(child)) yield error('structure', [...path, 'children', i], 'a control is an object');
    }
  }
}

function* missingTopLevel({ root }: Linted): Generator<LayoutFinding> {
  for (const key of ['name', 'version', 'tabs']) {
    if (root[key] === undefined) yield error('missing_field', [key], `\`${key}\` is missing`);
  }
  const { version } = root;
  if (version === undefined || Number.isInteger(version)) return;
  yield warning('bad_version', ['version'], '`version` is a whole number', 'write 1');
}

const TAB_FIELDS: readonly [key: string, what: string][] = [
  ['title', 'a title'],
  ['icon', 'the name of an SF Symbol'],
  ['grid', '`{"columns":4,"rows":8}`'],
  ['children', 'a list of controls'],
];

function* missingInTab({ root: { tabs } }: Linted): Generator<LayoutFinding> {
  if (!Array.isArray(tabs)) return;
  for (const [i, tab] of tabs.entries()) {
    for (const [key, what] of isObject(tab) ? TAB_FIELDS : []) {
      if (tab[key] === undefined)
        yield warning('missing_field', ['tabs', i, key], `a tab needs \`${key}\``, `add ${what}`);
    }
  }
}

function* missingInControl({ spots }: Linted): Generator<LayoutFinding> {
  for (const { control, path } of spots) {
    for (const key of ['type', 'id']) {
      const value = control[key];
      if (typeof value === 'string' && value !== '') continue;
      const hint = key === 'type' && Array.isArray(control['children']) ? 'write `"type":"group"`' : undefined;
      yield error('missing_field', [...path, key], `a control needs \`${key}\``, hint);
    }
  }
}

function* duplicateIds({ spots }: Linted): Generator<LayoutFinding> {
  const seen = new Set<string>();
  for (const { id, path } of spots) {
    if (id === undefined) continue;
    if (seen.has(id))
      yield error('duplicate_id', [...path, 'id'], `the id ${quoted(id)} is used before`, 'give each its own');
    seen.add(id);
  }
}

/** Apps take a tab's title for its id. */
function* duplicateTitles({ root: { tabs } }: Linted): Generator<LayoutFinding> {
  if (!Array.isArray(tabs)) return;
  const seen = new Set<string>();
  for (const [i, tab] of tabs.entries()) {
    const title = isObject(tab) ? tab['title'] : undefined;
    if (typeof title !== 'string') continue;
    if (seen.has(title)) yield warning('duplicate_title', ['tabs', i, 'title'], `two tabs are called ${quoted(title)}`);
    seen.add(title);
  }
}

const LISTS = ['alerts', 'publishers', 'dynamicTabs'];
const OBJECTS = ['glance', 'state', 'appearance', 'theme', 'pollGroups', 'connection'];
/** Of newer apps, each with a rule of its own name. */
const NEWER_OBJECTS = ['extensions', 'provenance', 'requires'];

function* badTopLevel({ root }: Linted): Generator<LayoutFinding> {
  for (const key of LISTS) {
    if (root[key] !== undefined && !Array.isArray(root[key]))
      yield warning('bad_top_level', [key], `\`${key}\` is a list`);
  }
  for (const key of [...OBJECTS, ...NEWER_OBJECTS]) {
    if (root[key] === undefined || isObject(root[key])) continue;
    yield warning(NEWER_OBJECTS.includes(key) ? `bad_${key}` : 'bad_top_level', [key], `\`${key}\` is an object`);
  }
  const { schemaVersion } = root;
  if (schemaVersion !== undefined && schemaVersion !== 1 && schemaVersion !== 2) {
    yield warning('bad_schema_version', ['schemaVersion'], '`schemaVersion` is 1 or 2');
  }
}
