import { isObject, type JsonObject } from '../mesh/frame.js';
import { error, isNumber, type LayoutFinding, type Linted, quoted, type Rule, warning } from './finding.js';
import type { LayoutPath } from './walk.js';

/** What refers to something by its name: sources, alerts, publishers, glances, conditions. */
export const SOURCE_RULES: readonly Rule[] = [
  badSources,
  usedSources,
  badAlerts,
  badPublishers,
  badGlance,
  unknownReference,
];

function* badSources({ root: { sources } }: Linted): Generator<LayoutFinding> {
  if (sources === undefined) return;
  if (!isObject(sources)) {
    yield error('bad_sources', ['sources'], '`sources` is an object of sources by their names');
    return;
  }
  for (const [name, source] of Object.entries(sources)) {
    const path = ['sources', name];
    if (!isObject(source)) yield error('bad_source', path, 'a source is an object');
    else if (source['type'] !== 'mqtt' && source['type'] !== 'http') {
      yield error('bad_source', [...path, 'type'], 'the type of a source is `mqtt` or `http`');
    } else if (!source['url'] && !source['baseURL'])
      yield warning('bad_source', [...path, 'url'], 'a source needs `url`');
  }
}

function* usedSources({ root, spots }: Linted): Generator<LayoutFinding> {
  const known = isObject(root['sources']) ? root['sources'] : {};
  const used = new Set<string>();
  for (const { control, path } of spots) {
    for (const { name, at } of sourcesIn(control)) {
      used.add(name);
      if (!Object.hasOwn(known, name))
        yield error('unknown_source', [...path, ...at], `there is no source ${quoted(name)}`);
    }
  }
  for (const name of Object.keys(known)) {
    if (!used.has(name)) yield warning('unused_source', ['sources', name], `nothing uses the source ${quoted(name)}`);
  }
}

function* sourcesIn(control: JsonObject): Generator<{ name: string; at: LayoutPath }> {
  const { sync } = control;
  for (const [i, entry] of Array.isArray(sync) ? sync.entries() : []) {
    if (isObject(entry) && typeof entry['source'] === 'string')
      yield { name: entry['source'], at: ['sync', i, 'source'] };
  }
  for (const key of ['action', 'longPressAction']) {
    const action = control[key];
    if (isObject(action) && typeof action['source'] === 'string') yield { name: action['source'], at: [key, 'source'] };
  }
}

const OPERATORS = new Set(['eq', 'neq', 'gt', 'lt', 'gte', 'lte']);

function* badAlerts({ root: { alerts } }: Linted): Generator<LayoutFinding> {
  for (const [i, alert] of Array.isArray(alerts) ? alerts.entries() : []) {
    const path = ['alerts', i];
    if (!isObject(alert)) {
      yield error('bad_alert', path, 'an alert is an object');
      continue;
    }
    for (const key of ['event', 'valuePath', 'operator', 'value', 'title', 'body']) {
      if (alert[key] === undefined) yield error('bad_alert', [...path, key], `an alert needs \`${key}\``);
    }
    const { operator } = alert;
    if (operator !== undefined && !OPERATORS.has(String(operator))) {
      yield error('bad_alert', [...path, 'operator'], `${quoted(operator)} is none of ${[...OPERATORS].join(', ')}`);
    }
  }
}

const SENSORS = new Set(['heading', 'motion', 'barometer', 'device', 'audio', 'location']);

function* badPublishers({ root: { publishers } }: Linted): Generator<LayoutFinding> {
  for (const [i, publisher] of Array.isArray(publishers) ? publishers.entries() : []) {
    const path = ['publishers', i];
    const sensor = isObject(publisher) ? publisher['sensor'] : undefined;
    if (typeof sensor !== 'string' || sensor === '') {
      yield error('bad_publisher', path, 'a publisher needs `sensor`');
    } else if (!SENSORS.has(sensor.split('.')[0] ?? '')) {
      yield warning('bad_publisher', [...path, 'sensor'], `${quoted(sensor)} is none of ${[...SENSORS].join(', ')}`);
    }
    const interval = isObject(publisher) ? publisher['interval'] : undefined;
    if (interval !== undefined && !(isNumber(interval) && interval >= 0.05)) {
      yield warning('bad_timer', [...path, 'interval'], 'the interval is at least 0.05 seconds');
    }
  }
}

function* badGlance({ root: { glance }, spots }: Linted): Generator<LayoutFinding> {
  if (!isObject(glance)) return;
  const ids = new Set(spots.map(({ id }) => id));
  const { hero, slots } = glance;
  const named: [unknown, LayoutPath][] = [[hero, ['glance', 'hero']]];
  if (Array.isArray(slots))
    named.push(...slots.map((slot, i): [unknown, LayoutPath] => [slot, ['glance', 'slots', i]]));
  for (const [id, path] of named) {
    if (typeof id === 'string' && !ids.has(id)) yield warning('bad_glance', path, `there is no control ${quoted(id)}`);
  }
}

function* unknownReference({ spots }: Linted): Generator<LayoutFinding> {
  const ids = new Set(spots.map(({ id }) => id));
  for (const { control, path } of spots) {
    const { visible } = control;
    const when = isObject(visible) ? visible['when'] : undefined;
    if (typeof when !== 'string' || ids.has(when)) continue;
    yield warning(
      'unknown_reference',
      [...path, 'visible', 'when'],
      `there is no control ${quoted(when)}, so this is never shown`,
    );
  }
}
