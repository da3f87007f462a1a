import type { Timer } from '../../src/clock.js';
import type { PinEdge } from '../../src/port/pin.js';
import { type Channel, type ChannelParts, inputOptions } from './channel.js';
import type { Press } from './points.js';

/** A button: tells that it is pressed, released, held, clicked; what got lost is told as `gap`. */
export async function openButton(parts: ChannelParts): Promise<Channel> {
  const { io, id, point } = parts;
  let pressedAt: number | undefined;
  let holding: Timer | undefined;
  const say = (event: Press | 'gap', times = 1) => {
    const tally = `${id}.${event}`;
    const count = io.tallies.get(tally) + times;
    io.tallies.set(tally, count);
    io.event({ point: id, event, count });
  };
  const press = (at: number) => {
    pressedAt = at;
    say('pressed');
    holding = point.hold === undefined ? undefined : io.after(point.hold, () => say('held'));
  };
  const release = (at: number) => {
    holding?.cancel();
    say('released');
    if (point.hold !== undefined && pressedAt !== undefined && at - pressedAt < point.hold) say('clicked');
    pressedAt = undefined;
  };
  const change = ({ active, at, lost }: PinEdge) => {
    if (lost > 0) say('gap', lost);
    // The same twice: what was between them is lost, and was told as such.
    if (active === (pressedAt !== undefined)) return;
    if (active) press(at);
    else release(at);
  };
  const pins = await io.openInput(inputOptions(parts, 'both'), { edges: (edges) => edges.forEach(change) });
  // Held down since before the start: nobody was told of the press.
  if (pins.read()[0]) {
    pressedAt = Number.NEGATIVE_INFINITY;
    say('gap');
  }
  return { look: () => [] };
}
