import type { PinEdge } from '../../src/port/pin.js';
import { type Channel, type ChannelParts, inputOptions } from './channel.js';
import { rounded } from './counter.js';

/** Without a pulse for so many windows, or twice the last period, it is at a standstill. */
const SILENT_WINDOWS = 3;

/** Pulses a second, from the kernel's own times of the pulses, so that it does not depend on when they are read. */
export async function openFrequency(parts: ChannelParts): Promise<Channel> {
  const { io, id, point } = parts;
  const { scale = 1, window = 1_000, edges: wanted = 'active' } = point;
  const meter = new FrequencyMeter();
  await io.openInput(inputOptions(parts, wanted), {
    edges: (edges) => {
      for (const edge of edges) meter.pulse(edge);
    },
  });
  const reading = () => ({ point: id, value: rounded(Number((meter.hertz * scale).toPrecision(5))) });
  let quiet = 0;
  io.every(window, () => {
    quiet = meter.measure() ? 0 : quiet + 1;
    if (quiet >= Math.max(SILENT_WINDOWS, (2 * meter.period) / window)) meter.still();
    io.report([reading()]);
  });
  return { look: () => [reading()] };
}

/** Hertz between measurements. */
export class FrequencyMeter {
  hertz = 0;

  private pulses = 0;
  private last: number | undefined;
  private begin: number | undefined;

  /** Milliseconds from one pulse to the next, when last measured; 0 at a standstill. */
  get period(): number {
    return this.hertz > 0 ? 1_000 / this.hertz : 0;
  }

  pulse({ at, lost }: Pick<PinEdge, 'at' | 'lost'>): void {
    // The first pulse ever only begins the first period.
    if (this.begin === undefined) this.begin = at;
    else this.pulses += 1 + lost;
    this.last = at;
  }

  /** Measures from the last pulse of the measurement before to the last one now; false where none came. */
  measure(): boolean {
    const { pulses, begin, last } = this;
    if (pulses === 0 || begin === undefined || last === undefined || last <= begin) return false;
    this.hertz = (1_000 * pulses) / (last - begin);
    this.begin = last;
    this.pulses = 0;
    return true;
  }

  /** It stands still: the next pulse begins anew. */
  still(): void {
    this.hertz = 0;
    this.begin = undefined;
    this.pulses = 0;
  }
}
