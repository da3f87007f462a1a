/** One message of the relay's protocol. */
export interface MeshFrame {
  id: string;
  type: string;
  payload: unknown;
  reply_to: string | null;
}

/** A JSON object of unknown content. */
export type JsonObject = { [key: string]: unknown };

/** True for a JSON object (not an array, not null). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
