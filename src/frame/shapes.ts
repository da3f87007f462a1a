import type { Clock } from '../clock.js';
import type { DeviceEvent } from '../device/driver.js';
import type { Value } from '../device/point.js';
import type { JsonObject } from '../mesh/frame.js';
import { printable } from '../text.js';
import type { Entry } from './size.js';

/** The answer to a command of a phone: `ok` is true only once the device confirmed. */
export interface Ack {
  /** The command's `_cmd`. */
  readonly cmd_id: string;
  /** The command's `_from`. */
  readonly to: string;
  readonly ok: boolean;
  readonly code?: string;
  readonly message?: string;
  readonly value?: Value | null;
}

/** A line for a layout's log console. */
export interface LogEntry {
  readonly text: string;
  readonly level: string;
}

/** What a frame of values says of itself. */
export interface MapMarks {
  /** On state, quality and health: whether it holds everything. */
  readonly full?: boolean;
  /** Where it had to be split: which part, from 1, of how many. */
  readonly part?: readonly [number, number];
}

const LOG_TEXT = 500;

/** `<ns>.state`, `.quality`, `.health`, `.trend`, `.history`: values by device and point. */
export function mapFrame(type: string, entries: readonly Entry[], { full, part }: MapMarks): JsonObject {
  const frame: JsonObject = Object.create(null);
  frame['msg_type'] = type;
  let last: string | undefined;
  let said: JsonObject = frame;
  for (const { device, point, value } of entries) {
    if (point === '') {
      frame[device] = finite(value);
      continue;
    }
    if (device !== last) {
      last = device;
      frame[device] ??= Object.create(null);
      said = frame[device] as JsonObject;
    }
    said[point] = finite(value);
  }
  if (full !== undefined) frame['_full'] = full;
  if (part !== undefined) frame['_part'] = part;
  return frame;
}

/** `<ns>.event`: something happened at a point of a device. */
export function eventFrame(type: string, device: string, { point, event, count }: DeviceEvent): JsonObject {
  return { msg_type: type, dev: device, point, event, ...(count === undefined ? {} : { count: finite(count) }) };
}

/** `<ns>.log`: a line for people, cut at 500 characters. */
export function logFrame(type: string, { text, level }: LogEntry): JsonObject {
  return { msg_type: type, entry: { text: printable(text, LOG_TEXT), level } };
}

/** `command_ack`, which has no namespace: its name is fixed by the apps. */
export function ackFrame({ cmd_id, to, ok, code, message, value }: Ack): JsonObject {
  return {
    msg_type: 'command_ack',
    cmd_id,
    to,
    ok,
    ...(code === undefined ? {} : { code }),
    ...(message === undefined ? {} : { message: printable(message) }),
    ...(value === undefined ? {} : { value: finite(value) }),
  };
}

/** Marks frames as ours and numbers them: `_src`, `_seq` (+1 a frame sent), `_ts` (left out while the clock is not set). */
export class Stamp {
  private seq = 0;

  constructor(
    private readonly source: string,
    private readonly clock: Clock,
  ) {}

  /** The payload with its stamp; the number counts as used only after `sent`. */
  on(payload: JsonObject): JsonObject {
    const wall = this.clock.wall();
    const stamped: JsonObject = { ...payload, _src: this.source, _seq: this.seq + 1 };
    if (wall !== undefined) stamped['_ts'] = Math.trunc(wall);
    return stamped;
  }

  sent(): void {
    this.seq++;
  }
}

/** Non-finite numbers have no JSON; relays pass them on as bare tokens that break the whole frame. */
function finite(value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? null : value;
}
