import type { PointSpec } from '../device/point.js';
import type { JsonObject } from '../mesh/frame.js';
import type { Binding } from './bind.js';
import { targetName } from './target.js';

/** What the document of a bridge's API is made from. */
export interface ApiParts {
  namespace: string;
  /** The bridge's name on the relay. */
  name: string;
  devices: readonly { readonly id: string; readonly points: readonly PointSpec[] }[];
  /** Refusal codes of a `command_ack`. */
  codes: readonly string[];
  /** The layout written by hand, where there is one. */
  binding?: Binding | undefined;
}

/** A word of the API and what it means. */
export interface ApiEntry {
  readonly name: string;
  readonly meaning: string;
  /** An example of it. */
  readonly example?: JsonObject;
}

/** One point, as layouts reach it. */
export interface ApiPoint extends JsonObject {
  readonly point: string;
  readonly role: string;
  readonly type: string;
}

/** Everything that a layout can listen to and send: for people, and for programs that make layouts. */
export interface Api {
  readonly namespace: string;
  readonly name: string;
  readonly frames: readonly ApiEntry[];
  readonly points: readonly ApiPoint[];
  readonly commands: readonly ApiEntry[];
  readonly requests: readonly ApiEntry[];
  readonly codes: readonly string[];
  readonly bound?: JsonObject;
}

/** The API of a bridge with these devices. */
export function apiOf({ namespace, name, devices, codes, binding }: ApiParts): Api {
  const entry = (kind: string, meaning: string, more: JsonObject = {}): ApiEntry => {
    return { name: `${namespace}.${kind}`, meaning, example: { msg_type: `${namespace}.${kind}`, ...more } };
  };
  const [device = { id: 'device', points: [] }] = devices;
  const { id } = device;
  return {
    namespace,
    name,
    frames: [
      entry('state', 'values that changed; everything with `_full`; null: unknown', {
        [id]: { point: 21.5 },
        _full: false,
      }),
      entry('quality', 'the same with `good`, `stale` or `unknown`', { [id]: { point: 'good' } }),
      entry('health', '`online`, `stale`, `degraded`, `offline` or `unapproved`', { [id]: 'online', bridge: 'online' }),
      entry('event', 'something happened; one frame each', { dev: id, point: 'button', event: 'pressed', count: 1 }),
      entry('trend', 'numbers at a fixed pace, for charts', { [id]: { point: 21.4 } }),
      entry('history', 'lists of numbers that fill charts', { [id]: { point: [21.1, 21.2] } }),
      entry('log', 'a line for consoles', { entry: { text: 'greenhouse: pump refused: range', level: 'warn' } }),
      entry('devices', 'fills the dynamic group of this name', { children: [] }),
      entry('topology', 'the graph of the bridge and its devices', { graph: { nodes: [], edges: [] } }),
    ],
    points: devices.flatMap(({ id: dev, points }) => points.map((spec) => apiPoint(dev, spec, namespace))),
    commands: [
      entry('cmd', 'sets an output', { dev: id, point: 'pump', value: '{{value}}' }),
      entry('cmd', 'switches an output for a time', { dev: id, point: 'pump', pulse_ms: 200 }),
      entry('arm', 'lets its sender switch an output with `arm` for that time; acknowledged', {
        dev: id,
        point: 'pump',
      }),
      entry(
        'hold',
        'every 250 ms while a button of an output with `holdToRun` is held; `held: false` when it is let go',
        {
          dev: id,
          point: 'pump',
          held: true,
        },
      ),
      entry('estop', 'puts every output to its safe value, and keeps it there'),
      entry('estop_reset', 'lets go of the emergency stop'),
      entry('poll', 'asks for a full state; at most one a second'),
    ],
    requests: [
      { name: `${namespace}.describe`, meaning: 'devices and their points' },
      { name: `${namespace}.get_state`, meaning: 'value, quality and age of every point' },
      { name: `${namespace}.get_history`, meaning: 'lists of numbers for charts' },
      { name: `${namespace}.set`, meaning: 'sets an output; answered once the device confirmed' },
      {
        name: `${namespace}.get_layout`,
        meaning: 'the layout for phones; one that is too large in several answers, from `tab` on',
      },
      { name: `${namespace}.card`, meaning: 'title and text about a device, for a tapped node of a graph' },
    ],
    codes,
    ...(binding && { bound: boundOf(binding) }),
  };
}

function apiPoint(device: string, spec: PointSpec, namespace: string): ApiPoint {
  const { id, role, type, label, unit, min, max, step, options, safe, within, rules } = spec;
  const facts = { label, unit, min, max, step, options, safe, within, rules };
  const known = Object.fromEntries(Object.entries(facts).filter(([, fact]) => fact !== undefined));
  const listen =
    role === 'event'
      ? { filter: { msg_type: `${namespace}.event`, dev: device, point: id }, valuePath: 'event' }
      : { filter: { msg_type: `${namespace}.state` }, valuePath: `${device}.${id}` };
  const command = { msg_type: `${namespace}.cmd`, dev: device, point: id, value: '{{value}}' };
  return { point: `${device}.${id}`, role, type, ...known, listen, ...(role === 'actuator' ? { command } : {}) };
}

function boundOf({ frames, commands, unbound, problems }: Binding): JsonObject {
  return {
    frames: frames.map((frame) => ({
      filter: frame.filter,
      values: Object.fromEntries(frame.slots.map(({ path, target }) => [path, targetName(target)])),
    })),
    commands: commands.map(({ control, payload, target }) => ({
      control: control.id,
      payload,
      target: targetName(target),
    })),
    unbound,
    problems: problems.map(({ control, code, message }) => ({ control, code, message })),
  };
}
