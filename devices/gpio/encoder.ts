import type { InputPins, PinEdge } from '../../src/port/pin.js';
import { type Channel, type ChannelParts, inputOptions } from './channel.js';
import { rounded } from './counter.js';

/** Steps from one state of both pins (A is bit 1, B is bit 0) to another; where both changed at once, nobody knows which way. */
const STEPS: readonly (readonly (number | undefined)[])[] = [
  [0, -1, 1, undefined],
  [1, 0, undefined, -1],
  [-1, undefined, 0, 1],
  [undefined, 1, -1, 0],
];

/** A rotary encoder: the position since the start, within its limits. Both pins are read as one, so their order is certain. */
export async function openEncoder(parts: ChannelParts): Promise<Channel> {
  const { io, id, point } = parts;
  const { scale = 1, stepsPerDetent = 4, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = point;
  const turn = new Quadrature();
  let value = Math.min(Math.max(0, min), max);
  const reading = () => ({ point: id, value: rounded(value) });
  const change = (edges: readonly PinEdge[]) => {
    for (const { pin, active } of edges) turn.change(pin === point.pins?.[0] ? 'a' : 'b', active);
    const detents = Math.trunc(turn.steps / stepsPerDetent);
    if (detents === 0) return;
    turn.steps -= detents * stepsPerDetent;
    value = Math.min(Math.max(value + detents * scale, min), max);
    io.report([reading()]);
  };
  const pins = await io.openInput(inputOptions(parts, 'both'), { edges: change });
  turn.begin(...levels(pins));
  return {
    look: () => {
      turn.look(...levels(pins));
      return [reading()];
    },
  };
}

function levels(pins: InputPins): [a: boolean, b: boolean] {
  const [a = false, b = false] = pins.read();
  return [a, b];
}

/** Follows the two pins of an encoder. */
export class Quadrature {
  /** Steps not yet taken by anybody; their sign is the direction. */
  steps = 0;
  private state = 0;
  /** What the last look saw, where that is not where the edges led. */
  private doubt: number | undefined;

  /** What both pins are when nothing was heard of them yet. */
  begin(a: boolean, b: boolean): void {
    this.state = (a ? 2 : 0) | (b ? 1 : 0);
  }

  /** One pin changed. */
  change(which: 'a' | 'b', active: boolean): void {
    this.doubt = undefined;
    const bit = which === 'a' ? 2 : 1;
    this.go(active ? this.state | bit : this.state & ~bit);
  }

  /**
   * What both pins are now. An edge may have been seen by this look and still be on its way to us, and would lose its step:
   * only what two looks say, with no edge between them, is believed against the edges.
   */
  look(a: boolean, b: boolean): void {
    const seen = (a ? 2 : 0) | (b ? 1 : 0);
    if (this.doubt === seen) this.state = seen;
    this.doubt = this.state === seen ? undefined : seen;
  }

  private go(next: number): void {
    this.steps += STEPS[this.state]?.[next] ?? 0;
    this.state = next;
  }
}
