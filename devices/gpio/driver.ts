import type { Command, Confirmed, DeviceDriver, DeviceIo, DeviceSession } from '../../src/device/driver.js';
import { BridgeError } from '../../src/error.js';
import { openButton } from './button.js';
import type { Channel, ChannelParts } from './channel.js';
import { openCounter } from './counter.js';
import { openEncoder } from './encoder.js';
import { openFrequency } from './frequency.js';
import { openLevel } from './level.js';
import type { GpioOptions } from './options.js';
import { openPwm, openSwitch } from './output.js';
import { kindOf, type PointKind } from './point-options.js';
import { placeOf, pointsOf } from './points.js';

/** How often all pins are looked at, in case that an edge got lost. */
const LOOK_MS = 1_000;

const OPENERS: Readonly<Record<PointKind, (parts: ChannelParts) => Promise<Channel>>> = {
  level: openLevel,
  button: openButton,
  count: openCounter,
  frequency: openFrequency,
  encoder: openEncoder,
  switch: openSwitch,
  pwm: openPwm,
};

/** Pins of a GPIO chip as points of one device. */
export class GpioDriver implements DeviceDriver {
  private wasOpen = false;

  constructor(private readonly options: GpioOptions) {}

  async connect(io: DeviceIo, signal: AbortSignal): Promise<DeviceSession> {
    const entries = Object.entries(this.options.points);
    io.describe(pointsOf(this.options));
    const place = placeOf(this.options);
    const channels = new Map<string, Channel>();
    // Outputs first: what hangs on them waits for its right level.
    const outputsFirst = entries.toSorted(
      ([, a], [, b]) => Number(a.direction === 'in') - Number(b.direction === 'in'),
    );
    for (const [id, point] of outputsFirst) {
      channels.set(id, await OPENERS[kindOf(point)]({ io, id, point, place, again: this.wasOpen }));
      signal.throwIfAborted();
    }
    const look = () => io.report([...channels.values()].flatMap((channel) => channel.look()));
    look();
    // Only now: an attempt that fails half way is none that outputs could be held over.
    this.wasOpen = true;
    io.every(LOOK_MS, look);
    return { identity: {}, apply: async (command) => apply(channels, command) };
  }
}

function apply(channels: ReadonlyMap<string, Channel>, { point, value }: Command): Confirmed {
  const channel = channels.get(point);
  if (!channel?.apply) throw new BridgeError('device/refused', `${point} is no output`);
  return channel.apply(value);
}
