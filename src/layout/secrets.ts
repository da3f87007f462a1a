import { isObject, type JsonObject } from '../mesh/frame.js';

/** Keys of connections and sources that let whoever has them in. */
export const SECRET_KEYS: readonly string[] = ['token', 'e2eeKey', 'k', 'password', 'refresh'];

/** A layout without what lets strangers in: tokens, keys, passwords. */
export function withoutSecrets(layout: JsonObject): JsonObject {
  const { connection, sources } = layout;
  return {
    ...layout,
    ...(isObject(connection) ? { connection: stripped(connection) } : {}),
    ...(isObject(sources) ? { sources: mapped(sources, stripped) } : {}),
  };
}

function stripped(place: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(place).filter(([key]) => !SECRET_KEYS.includes(key)));
}

function mapped(entries: JsonObject, change: (entry: JsonObject) => JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(entries).map(([key, entry]) => [key, isObject(entry) ? change(entry) : entry]),
  );
}
