import type { Value } from '../device/point.js';
import type { JsonObject } from '../mesh/frame.js';

/** A question to the running bridge: one JSON object in one line over its control socket. */
export type ControlRequest =
  | { readonly op: 'get'; readonly device: string; readonly point?: string }
  | { readonly op: 'set'; readonly device: string; readonly point: string; readonly value: Value }
  | { readonly op: 'approve'; readonly device: string }
  | { readonly op: 'monitor'; readonly device: string };

/** What the bridge answers, one JSON object a line; `monitor` gets an `ok` line, then entries until it hangs up. */
export type ControlAnswer = JsonObject & { ok: boolean };

/** Characters of the longest line either side accepts. */
export const MAX_CONTROL_LINE = 65_536;

/** The name of the control socket in the state folder. */
export const CONTROL_SOCKET = 'control.sock';

/** Splits a stream of text into lines; a line over the limit is an error. */
export function lineSplitter(onLine: (line: string) => void, onOverlong: () => void): (chunk: string) => void {
  let rest = '';
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MAX_CONTROL_LINE) {
      rest = '';
      onOverlong();
      return;
    }
    for (const line of lines) if (line !== '') onLine(line);
  };
}
