import type { Config } from '../config/schema.js';
import { isSecretKey, withoutSecrets } from '../layout/secrets.js';
import { isObject } from '../mesh/frame.js';

/** Stands for a room key in a recording: only that there was one matters. */
const SOME_KEY = `${'A'.repeat(43)}=`;
const MAP = '$map';

/** A config as JSON that gives the same config again, but for what lets anybody in anywhere. */
export function configToJson(config: Config): unknown {
  const { channel, roomKey } = config.relay;
  const relay: Config['relay'] = {
    url: 'ws://recorded',
    channel,
    token: undefined,
    roomKey: roomKey && SOME_KEY,
    unstamped: config.relay.unstamped,
    allowOpenRelay: config.relay.allowOpenRelay,
  };
  const { document, bindings = {} } = config.layout ?? {};
  const layout = config.layout && { layout: { bindings, ...(document && { document: withoutSecrets(document) }) } };
  return toJson({ ...(unlocked({ ...config, relay }) as object), ...layout });
}

/** See `configToJson`. */
export function configFromJson(json: unknown): Config {
  return fromJson(json) as Config;
}

/** A part of a config without the texts of its secrets. */
function unlocked(part: unknown): unknown {
  if (part instanceof Map) return new Map([...part].map(([key, inner]) => [key, unlocked(inner)]));
  if (Array.isArray(part)) return part.map(unlocked);
  if (!isObject(part)) return part;
  const shown = Object.entries(part).filter(([key, inner]) => typeof inner !== 'string' || !isSecretKey(key));
  return Object.fromEntries(shown.map(([key, inner]) => [key, unlocked(inner)]));
}

function toJson(value: unknown): unknown {
  if (value instanceof Map) return { [MAP]: [...value].map(([key, inner]) => [key, toJson(inner)]) };
  if (Array.isArray(value)) return value.map(toJson);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toJson(inner)]));
}

function fromJson(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromJson);
  if (!isObject(value)) return value;
  const entries = value[MAP];
  if (Array.isArray(entries)) return new Map(entries.map(([key, inner]) => [key, fromJson(inner)]));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fromJson(inner)]));
}
