import { isObject } from '../mesh/frame.js';
import { error, isNumber, type LayoutFinding, type Linted, type Rule, warning } from './finding.js';
import { holdsSecret, isSecretKey } from './secrets.js';
import type { LayoutPath } from './walk.js';

/** What is too much, too fast, or nobody's business. */
export const LIMIT_RULES: readonly Rule[] = [tooMany, texts, numbers, badTimers, badUrls, embeddedSecrets];

const TABS = 24;
const CONTROLS = 2000;
const DEPTH = 8;
const TEXT_BYTES = 4096;
const BLOB_CHARACTERS = 1024;
/** Deeper than any layout that makes sense; what is below is not looked at. */
const MAX_DEPTH = 64;

function* tooMany({ root: { tabs }, spots }: Linted): Generator<LayoutFinding> {
  if (Array.isArray(tabs) && tabs.length > TABS)
    yield error('too_many_tabs', ['tabs'], `${tabs.length} tabs; apps take ${TABS}`);
  if (spots.length > CONTROLS) {
    yield error('too_many_controls', ['tabs'], `${spots.length} controls; apps take ${CONTROLS}`);
  }
  const deep = spots.find(({ depth }) => depth > DEPTH);
  if (deep) yield error('too_deep', deep.path, `more than ${DEPTH} groups in one another`);
}

/** Every text and number of the whole document. */
function* leaves(value: unknown, path: LayoutPath = []): Generator<{ value: unknown; path: LayoutPath }> {
  if (typeof value !== 'object' || value === null) yield { value, path };
  else if (path.length < MAX_DEPTH) {
    for (const [key, item] of Object.entries(value))
      yield* leaves(item, [...path, Array.isArray(value) ? Number(key) : key]);
  }
}

function* texts({ root }: Linted): Generator<LayoutFinding> {
  for (const { value, path } of leaves(root)) {
    if (typeof value !== 'string') continue;
    if (/^data:[^,]*;base64,/.test(value) && value.length > BLOB_CHARACTERS) {
      yield warning(
        'inline_blob',
        path,
        'a file in the layout makes every push as large',
        'put it where a URL can name it',
      );
    } else if (value.length > TEXT_BYTES / 4 && new TextEncoder().encode(value).length > TEXT_BYTES) {
      yield error('long_string', path, `a text has at most ${TEXT_BYTES} bytes`);
    }
  }
}

/** JSON has no infinity, but a number such as 1e999 becomes one. */
function* numbers({ root }: Linted): Generator<LayoutFinding> {
  for (const { value, path } of leaves(root)) {
    if (typeof value === 'number' && !Number.isFinite(value))
      yield error('non_finite', path, 'no number that apps can hold');
  }
}

function* badTimers({ root: { pollGroups }, spots }: Linted): Generator<LayoutFinding> {
  const check = (value: unknown, least: number, path: LayoutPath) =>
    isNumber(value) && value >= least ? [] : [warning('bad_timer', path, `at least ${least} seconds`)];
  for (const [name, poll] of Object.entries(isObject(pollGroups) ? pollGroups : {})) {
    if (isObject(poll)) yield* check(poll['interval'], 0.25, ['pollGroups', name, 'interval']);
  }
  for (const { control, path } of spots) {
    const { sync, sendRate } = control;
    if (sendRate !== undefined) yield* check(sendRate, 0.02, [...path, 'sendRate']);
    for (const [i, entry] of Array.isArray(sync) ? sync.entries() : []) {
      if (!isObject(entry) || entry['interval'] === undefined) continue;
      yield* check(entry['interval'], 0.25, [...path, 'sync', i, 'interval']);
    }
  }
}

function* badUrls({ root }: Linted): Generator<LayoutFinding> {
  const { connection, sources, appearance } = root;
  const image = isObject(appearance) ? appearance['backgroundImage'] : undefined;
  const named: [unknown, LayoutPath, RegExp][] = [
    [isObject(connection) ? connection['url'] : undefined, ['connection', 'url'], /^wss?:$/],
    [isObject(image) ? image['url'] : undefined, ['appearance', 'backgroundImage', 'url'], /^https?:$/],
  ];
  for (const [name, source] of Object.entries(isObject(sources) ? sources : {})) {
    for (const key of ['url', 'baseURL']) {
      if (isObject(source)) named.push([source[key], ['sources', name, key], /^(https?|mqtts?|wss?|tcp|ssl):$/]);
    }
  }
  for (const [url, path, scheme] of named) {
    if (url === undefined || url === null) continue;
    if (typeof url === 'string' && URL.canParse(url) && scheme.test(new URL(url).protocol)) continue;
    yield error('bad_url', path, 'not an address that can be used here');
  }
}

function* embeddedSecrets({ root }: Linted): Generator<LayoutFinding> {
  const { connection, sources } = root;
  yield* secretsIn(connection, ['connection']);
  for (const [name, source] of Object.entries(isObject(sources) ? sources : {})) {
    yield* secretsIn(source, ['sources', name]);
  }
}

function* secretsIn(part: unknown, path: LayoutPath): Generator<LayoutFinding> {
  const hint = 'pair phones instead, and take care who gets this file';
  if (typeof part === 'string' && holdsSecret(part)) {
    yield warning('embedded_secret', path, 'whoever gets this layout gets the login or key in this text', hint);
  }
  if (typeof part !== 'object' || part === null || path.length > MAX_DEPTH) return;
  for (const [key, item] of Object.entries(part)) {
    const at = [...path, Array.isArray(part) ? Number(key) : key];
    if (!isSecretKey(key)) yield* secretsIn(item, at);
    else if (item) yield warning('embedded_secret', at, 'whoever gets this layout gets this secret', hint);
  }
}
