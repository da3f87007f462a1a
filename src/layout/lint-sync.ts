import { isObject, type JsonObject } from '../mesh/frame.js';
import { error, type LayoutFinding, type Linted, quoted, type Rule, warning } from './finding.js';
import { listensOf } from './sync.js';
import type { LayoutPath } from './walk.js';

/** What controls listen to. */
export const SYNC_RULES: readonly Rule[] = [badSync, missingFilter];

function* badSync({ spots }: Linted): Generator<LayoutFinding> {
  for (const { control, type, path } of spots) {
    const { sync } = control;
    if (sync === undefined) continue;
    const at = [...path, 'sync'];
    if (!Array.isArray(sync)) {
      yield warning('bad_sync', at, '`sync` is a list; apps ignore anything else', 'put it in `[` and `]`');
      continue;
    }
    for (const [i, entry] of sync.entries()) {
      if (!isObject(entry)) yield warning('bad_sync', [...at, i], 'an entry of `sync` is an object');
      else yield* badEntry(entry, type, [...at, i]);
    }
  }
}

function* badEntry(entry: JsonObject, type: string | undefined, path: LayoutPath): Generator<LayoutFinding> {
  const { method = 'meshsocket', event = 'broadcast', valuePath, filter, topic, path: httpPath, url, sensor } = entry;
  if (method === 'mqtt' && !topic) yield error('bad_sync', [...path, 'topic'], 'a sync over MQTT needs `topic`');
  if (method === 'http' && !httpPath && !url)
    yield error('bad_sync', [...path, 'url'], 'a sync over HTTP needs `path` or `url`');
  if (method === 'sensor' && !sensor)
    yield warning('bad_sync', [...path, 'sensor'], 'a sync with a sensor needs its name');
  if (method !== 'meshsocket') return;
  if (typeof valuePath !== 'string' || valuePath === '') {
    const hint = type === 'logConsole' ? 'name the key of the entry' : 'name the key of the value';
    yield warning('bad_sync', [...path, 'valuePath'], '`valuePath` is missing', hint);
  }
  if (event !== 'broadcast') {
    const hint = 'write `"event":"broadcast"` and put the word into `filter.msg_type`';
    yield warning('bad_sync', [...path, 'event'], `frames of type ${quoted(event)} never come`, hint);
  }
  if (filter !== undefined && filter !== null && !isObject(filter)) {
    yield warning('bad_sync', [...path, 'filter'], 'a filter that is no object lets nothing pass');
  }
}

function* missingFilter({ spots }: Linted): Generator<LayoutFinding> {
  for (const { control, path } of spots) {
    for (const { filter, index } of listensOf(control)) {
      if (filter?.['msg_type'] !== undefined) continue;
      const hint = 'add `"filter":{"msg_type":…}`';
      yield warning(
        'missing_filter',
        [...path, 'sync', index, 'filter'],
        'any frame with such a value changes this control',
        hint,
      );
    }
  }
}
