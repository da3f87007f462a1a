import { type Channel, type ChannelParts, inputOptions } from './channel.js';

/** A pulse counter. Pulses that the kernel had to drop count too: it numbers them. */
export async function openCounter(parts: ChannelParts): Promise<Channel> {
  const { io, id, point } = parts;
  const { scale = 1, edges: wanted = 'active' } = point;
  let count = io.tallies.get(id);
  let lost = 0;
  const reading = () => ({ point: id, value: rounded(count * scale) });
  await io.openInput(inputOptions(parts, wanted), {
    edges: (edges) => {
      for (const edge of edges) {
        count += 1 + edge.lost;
        lost += edge.lost;
      }
      io.tallies.set(id, count);
      io.report([reading()]);
    },
  });
  let told = 0;
  const tellLost = () => {
    if (lost > told)
      io.log.info({ point: id, lost }, 'pulses came too fast to be handed over one by one; they were counted');
    told = lost;
  };
  return {
    look: () => {
      tellLost();
      return [reading()];
    },
  };
}

/** Without the dust of binary fractions. */
export function rounded(value: number): number {
  return Number(value.toPrecision(12));
}
