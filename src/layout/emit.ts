import { isObject, type JsonObject } from '../mesh/frame.js';

/** What a gesture brings along for the placeholders of an action. */
export interface Gesture {
  /** What the control has become: the switch's side, the slider's place, the text, the joystick's `{x, y}`. */
  readonly value?: unknown;
  /** What boards, canvases, compasses and cameras say beside it, by the placeholder's word. */
  readonly [token: string]: unknown;
}

/** A frame as the app hands it to the relay. */
export interface Emission {
  readonly event: string;
  readonly payload: unknown;
}

/** Placeholders that apps know, and no others: `{{value}}`, `$value.x`. */
const TOKEN = /\{\{(value|item|from|to|index|x|y|bearing|total|kind|image|width|height)\}\}|\$value\.([xy])/g;

/** The frame that an action sends for a gesture; undefined for one that does not go over the relay. Never throws. */
export function emission(action: JsonObject, gesture: Gesture, type?: string): Emission | undefined {
  const { method = 'meshsocket', event, payload } = action;
  if (method !== 'meshsocket' || typeof event !== 'string' || event === '') return undefined;
  return { event, payload: substitute(payload ?? null, gesture, type) };
}

/**
 * Fills the placeholders in all texts of a payload. A text that is one placeholder and nothing else becomes the value
 * itself; in other texts it is written out. What the gesture does not bring stays as it is.
 */
export function substitute(payload: unknown, gesture: Gesture, type?: string): unknown {
  if (typeof payload === 'string') return fill(payload, gesture, type);
  if (Array.isArray(payload)) return payload.map((item) => substitute(item, gesture, type));
  if (!isObject(payload)) return payload;
  return Object.fromEntries(Object.entries(payload).map(([key, item]) => [key, substitute(item, gesture, type)]));
}

/** The placeholders of a text, in order. */
export function tokensIn(text: string): string[] {
  return [...text.matchAll(TOKEN)].map(([token]) => token);
}

function fill(text: string, gesture: Gesture, type: string | undefined): unknown {
  const [only] = tokensIn(text);
  if (only === text) {
    const value = tokenValue(only, gesture);
    return value === undefined ? text : value;
  }
  return text.replace(TOKEN, (token) => {
    const value = tokenValue(token, gesture);
    return value === undefined ? token : written(value, type);
  });
}

function tokenValue(token: string, gesture: Gesture): unknown {
  if (token.startsWith('$')) {
    const { value } = gesture;
    return isObject(value) ? value[token.slice('$value.'.length)] : undefined;
  }
  const name = token.slice(2, -2);
  return Object.hasOwn(gesture, name) ? gesture[name] : undefined;
}

/** A value within a text. Sliders hold doubles, and say so: `75.0`. */
function written(value: unknown, type: string | undefined): string {
  if (typeof value === 'string') return value;
  if (type === 'slider' && Number.isInteger(value)) return `${value}.0`;
  return JSON.stringify(value) ?? '';
}
