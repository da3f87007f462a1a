import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';

const MAIN = join(import.meta.dirname, '../../dist/src/main.js');
const FLOOR = join(import.meta.dirname, 'floor.mjs');

/** What one broadcast says: stamped readings and events, in ns by channel, and which command it answers. */
const NOTHING = { values: [], event: undefined, answers: undefined };

/** How the bridge is started, read and commanded. Its config is beside it as `config.json`. */
export const bridge = {
  name: 'ours',
  command: (folder) => [MAIN, 'run', '--config', join(folder, 'config.json')],

  config: ({ url, folder, devices, maxHz }) => ({
    bridge: { name: 'bench', namespace: 'b', stateDir: join(folder, 'state') },
    relay: { url, channel: 'lab', allowOpenRelay: true },
    devices: Object.fromEntries(
      devices.map(({ id, channels }) => [
        id,
        { driver: 'lines', port: join(folder, id), baud: 115_200, boot: '300ms', points: points(channels) },
      ]),
    ),
    publish: { maxHz },
    log: { level: 'warn' },
  }),

  read: (payload) => {
    if (payload.msg_type === 'b.event') return { ...NOTHING, event: Number(payload.event.slice(2)) };
    if (payload.msg_type === 'command_ack') return { ...NOTHING, answers: payload.ok ? payload.value : 'refused' };
    if (payload.msg_type !== 'b.state') return NOTHING;
    const values = [];
    for (const [device, said] of Object.entries(payload)) {
      if (device[0] === '_' || typeof said !== 'object') continue;
      for (const [point, value] of Object.entries(said)) if (point !== 'led') values.push([device, point, value]);
    }
    return { ...NOTHING, values };
  },

  /** Two phones take turns: one may give ten commands a second. A tap with the id of an earlier one would be answered from memory. */
  tap: (value) => ({ msg_type: 'b.cmd', dev: 'd0', point: 'led', value, _cmd: randomUUID(), _from: `p${value % 2}` }),
};

/** The bridge and its phone in a room with a key. */
export const sealedBridge = {
  ...bridge,
  roomKey: randomBytes(32).toString('base64'),
  config: (world) => {
    const config = bridge.config(world);
    return { ...config, relay: { ...config.relay, roomKey: sealedBridge.roomKey } };
  },
};

/** The same for the floor, which knows one device. */
export const floor = {
  name: 'floor',
  command: (folder, url) => [FLOOR, join(folder, 'd0'), url],
  read: ({ msg_type: type, line }) => {
    if (type !== 'floor.line' || line[0] !== '{') return NOTHING;
    const [channel, value] = Object.entries(JSON.parse(line))[0];
    if (channel === 'led') return { ...NOTHING, answers: value };
    if (channel === 'button') return { ...NOTHING, event: Number(value.slice(2)) };
    return { ...NOTHING, values: [['d0', channel, value]] };
  },
  tap: (value) => ({ msg_type: 'floor.cmd', line: `LED ${value}` }),
};

function points(channels) {
  return {
    ...Object.fromEntries(channels.map((channel) => [channel, {}])),
    button: { role: 'event' },
    led: { role: 'actuator', type: 'number', min: 0, max: 1_000_000, write: 'LED {value}' },
  };
}

/** Names as long as people give them. */
export function channelNames(count) {
  return Array.from({ length: count }, (_, n) => `temperature_${String(n).padStart(2, '0')}`);
}
