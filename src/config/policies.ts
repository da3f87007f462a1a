import { type PublishPolicy, readingOptionsOf } from '../device/reading-options.js';
import { DERIVED } from '../state/derived.js';
import type { Config } from './schema.js';

/** When the changes of points are said, by `device.point`; only of points whose config says something about it. */
export function policiesOf({
  devices,
  derived,
}: Pick<Config, 'devices' | 'derived'>): ReadonlyMap<string, PublishPolicy> {
  const all = [...devices].flatMap(([device, { options }]) => {
    return [...readingOptionsOf(options)].map(([point, { publish }]) => [`${device}.${point}`, publish] as const);
  });
  for (const [point, { publish }] of derived) all.push([`${DERIVED}.${point}`, publish]);
  return new Map(all.flatMap(([name, publish]) => (publish ? [[name, publish] as const] : [])));
}
