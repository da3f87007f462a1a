import { type Channel, type ChannelParts, inputOptions } from './channel.js';

/** An input that is on or off. Each change is told, and the level is looked at now and then in case that one got lost. */
export async function openLevel(parts: ChannelParts): Promise<Channel> {
  const { io, id } = parts;
  const pins = await io.openInput(inputOptions(parts, 'both'), {
    edges: (edges) => {
      // Changes that came together are told as one: the last one is what it is now.
      const last = edges.at(-1);
      if (last) io.report([{ point: id, value: last.active }]);
    },
  });
  return { look: () => [{ point: id, value: pins.read()[0] === true }] };
}
