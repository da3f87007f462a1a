import type { PointSpec } from '../device/point.js';
import type { JsonObject } from '../mesh/frame.js';
import { printable } from '../text.js';
import { block, COLUMNS, Grid } from './grid.js';
import { healthLight, listening, sending } from './own-frames.js';
import { tileFor } from './tiles.js';
import { topologyGraph } from './topology.js';

/** What a layout is made from. */
export interface GenerateParts {
  namespace: string;
  /** The bridge's name on the relay. */
  name: string;
  devices: readonly { readonly id: string; readonly points: readonly PointSpec[] }[];
  /** Where phones find the relay; they are told by pairing where absent. Never a secret. */
  connection?: { readonly url: string; readonly channel: string };
}

/** Apps take 24 tabs and 2000 controls; two tabs are about all devices. */
const DEVICE_TABS = 22;
const CONTROLS = 1_900;
/** Apps wait 2 s where a layout does not say otherwise; an answer needs a moment to arrive. */
const ACK_MS = 2_000;
const GRACE_MS = 500;

/**
 * A complete layout for the devices' points: a tab for all, one for each device, and one for what is plugged in later.
 * Ids are made of the devices' and points' own, so the same points give the same layout.
 */
export function generate(parts: GenerateParts): JsonObject {
  const { namespace, name, devices, connection } = parts;
  const tabs = [overview(parts)];
  let room = CONTROLS;
  for (const device of devices.filter(({ points }) => points.length > 0).slice(0, DEVICE_TABS)) {
    const tab = deviceTab(device, namespace, room);
    room -= tab.count;
    if (tab.count > 0) tabs.push(tab.json);
  }
  tabs.push(found(namespace));
  return {
    name: printable(name, 60),
    version: 1,
    headerTitle: printable(name, 60),
    accentColor: '#0A84FF',
    ...(connection ? { connection: connectionOf(connection, name) } : {}),
    state: { sync: true, authority: name, acks: true, ackTimeoutMs: ackTimeout(devices) },
    tabs,
  };
}

function connectionOf({ url, channel }: NonNullable<GenerateParts['connection']>, hub: string): JsonObject {
  // Relays give rights to few roles by themselves, so they are spelt out.
  return { url, hub, identity: { channel, role: 'mobile', can_broadcast: true, can_route: true } };
}

/** Longer than the slowest output may take. */
function ackTimeout(devices: GenerateParts['devices']): number {
  const slowest = devices.flatMap(({ points }) => points.map(({ within = 0 }) => within));
  return slowest.reduce((most, within) => Math.max(most, Math.ceil(within) + GRACE_MS), ACK_MS);
}

function overview({ namespace }: GenerateParts): JsonObject {
  const grid = new Grid();
  const stop = {
    type: 'button',
    id: 'app-estop',
    label: 'EMERGENCY STOP',
    icon: 'exclamationmark.octagon.fill',
    tint: '#FF3B30',
    style: 'filled',
    size: 'large',
    haptic: 'heavy',
    action: sending(namespace, 'estop'),
  };
  const release = {
    type: 'button',
    id: 'app-estop-reset',
    label: 'Release stop',
    icon: 'lock.open',
    style: 'outlined',
    action: sending(namespace, 'estop_reset'),
  };
  grid.add(block({ ...healthLight('bridge', namespace), id: 'app-health' }, 1, COLUMNS));
  grid.add(block(stop, 1, 2));
  grid.add(block(release, 1, 2));
  grid.add(block({ ...topologyGraph(namespace), id: 'app-topology' }, 4, COLUMNS));
  const log = {
    type: 'logConsole',
    id: 'app-log',
    label: 'Log',
    maxLines: 200,
    logColors: { error: '#FF3B30', warn: '#FF9500' },
    sync: [listening(namespace, 'log', 'entry')],
  };
  grid.add(block(log, 3, COLUMNS));
  return { title: 'Overview', icon: 'square.grid.2x2', grid: grid.json, children: grid.children };
}

function deviceTab({ id, points }: GenerateParts['devices'][number], namespace: string, room: number) {
  const idOf = (point?: string, part?: string) =>
    ['dev', id, point, part].flatMap((word) => (word === undefined ? [] : [idPart(word)])).join('-');
  const grid = new Grid(room);
  const health = `health-${idPart(id)}`;
  grid.add(block({ ...healthLight(id, namespace), id: health }, 1, COLUMNS));
  for (const [role, label] of SECTIONS) {
    const own = points.filter((spec) => spec.role === role);
    if (own.length === 0) continue;
    grid.add(block({ type: 'divider', id: `section-${idPart(id)}-${role}`, label }, 1, COLUMNS));
    for (const spec of own) grid.add(tileFor(spec, { device: id, namespace, idOf, health }));
  }
  const { children } = grid;
  return { json: { title: id, icon: 'cpu', grid: grid.json, children }, count: children.length };
}

const SECTIONS = [
  ['actuator', 'Outputs'],
  ['sensor', 'Sensors'],
  ['event', 'Events'],
] as const;

/** Ids of devices and points have no `-`, so what is joined by it stays apart; `_`, which ids of controls have not, is `--`. */
function idPart(word: string): string {
  return word.replaceAll('_', '--');
}

function found(namespace: string): JsonObject {
  const group = {
    type: 'group',
    id: 'app-devices',
    label: 'All devices',
    position: [0, 0],
    span: [12, COLUMNS],
    grid: { columns: COLUMNS, rows: 12, mode: 'flow' },
    children: [],
    dynamic: `${namespace}.devices`,
  };
  const grid = { columns: COLUMNS, rows: 12 };
  return { title: 'All devices', icon: 'square.stack.3d.up', grid, children: [group] };
}
