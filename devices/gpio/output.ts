import { sameValue, type Value } from '../../src/device/point.js';
import { BridgeError } from '../../src/error.js';
import type { Channel, ChannelParts } from './channel.js';
import { initialOf, safeOf, specOf } from './points.js';

/** An output, whichever way it is driven: in the point's own values. */
interface Driven {
  read(): Value;
  write(value: Value): void;
}

/** What an output becomes when it is opened. */
function openedAt({ io, point, again }: ChannelParts): ReturnType<typeof initialOf> {
  return io.stopped() ? safeOf(point) : initialOf(point, again);
}

/** An output that is on or off. */
export async function openSwitch(parts: ChannelParts): Promise<Channel> {
  const { io, point, place } = parts;
  const initial = openedAt(parts);
  const pin = await io.openOutput({
    ...place,
    pin: point.pin ?? 0,
    activeLow: point.activeLow,
    initial: initial === 'keep' ? 'keep' : initial === true,
    otherwise: safeOf(point) === true,
    hold: point.onExit === 'hold',
    stays: point.onDeviceLost === 'hold',
  });
  return output(parts, { read: () => pin.read(), write: (value) => pin.write(value === true) });
}

/** An output in percent, by pulse width. */
export async function openPwm(parts: ChannelParts): Promise<Channel> {
  const { io, point } = parts;
  const { pin, pwm, activeLow } = point;
  const initial = openedAt(parts);
  const share = (value: Value) => Number(value) / 100;
  const line = await io.openPwm({
    ...(pin === undefined ? {} : { pin }),
    ...(pwm?.chip === undefined ? {} : { chip: pwm.chip }),
    ...(pwm?.channel === undefined ? {} : { channel: pwm.channel }),
    frequency: pwm?.frequency ?? 1_000,
    activeLow,
    initial: initial === 'keep' ? 'keep' : share(initial),
    otherwise: share(safeOf(point)),
    hold: point.onExit === 'hold',
    stays: point.onDeviceLost === 'hold',
  });
  // The kernel counts in nanoseconds, people in percent.
  return output(parts, {
    read: () => Number((line.read() * 100).toFixed(2)),
    write: (value) => line.write(share(value)),
  });
}

function output({ io, id, point }: ChannelParts, driven: Driven): Channel {
  const spec = specOf(id, point);
  const set = (value: Value): Value => {
    driven.write(value);
    const said = driven.read();
    io.report([{ point: id, value: said }]);
    return said;
  };
  return {
    look: () => [{ point: id, value: driven.read() }],
    apply: (value) => {
      const said = set(value);
      if (sameValue(spec, said, value)) return { value: said, settled: true };
      throw new BridgeError('device/mismatch', `${id} was set to ${String(value)}, but the line is ${String(said)}`, {
        hint: 'something else drives this pin, or it is shorted',
      });
    },
  };
}
