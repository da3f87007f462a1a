import type { Confirmed, DeviceIo } from '../../src/device/driver.js';
import type { Reading, Value } from '../../src/device/point.js';
import type { InputOptions, PinPlace } from '../../src/port/pin.js';
import type { PointOptions } from './point-options.js';

/** What a channel is made of. */
export interface ChannelParts {
  readonly io: DeviceIo;
  readonly id: string;
  readonly point: PointOptions;
  readonly place: PinPlace;
  /** The bank was open before, in this process. */
  readonly again: boolean;
}

/** One point of an open bank of pins. */
export interface Channel {
  /** What the point is now, as far as it has a value. Throws `pin/…`. */
  look(): Reading[];
  /** Sets an output and says what the line then is. */
  apply?(value: Value): Confirmed;
}

/** How the input of a point is opened. */
export function inputOptions({ place, point }: ChannelParts, edges: InputOptions['edges']): InputOptions {
  const { pin, pins, activeLow, pull, debounce, role } = point;
  return {
    ...place,
    pins: pins ?? (pin === undefined ? [] : [pin]),
    activeLow,
    ...(pull === undefined ? {} : { pull }),
    // A contact bounces for some milliseconds; nobody presses a button that quickly.
    debounce: debounce ?? (role === 'event' ? 20 : 0),
    edges,
  };
}
