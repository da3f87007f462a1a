import type { PointSpec } from '../device/point.js';
import type { JsonObject } from '../mesh/frame.js';
import { printable } from '../text.js';
import { controlFor, rangeOf, unitFormat } from './control.js';
import { type Block, block, type Cell } from './grid.js';
import { iconFor } from './icon.js';
import { listening, QUALITY_COLOURS, sending } from './own-frames.js';

/** What tiles are made for. */
export interface TileParts {
  device: string;
  namespace: string;
  /** The id of a control of this point; `part` tells several apart. */
  idOf(point: string, part?: string): string;
  /** Id of the light that shows the device's health. */
  health: string;
}

/** How long the button of an output switches it, in milliseconds. */
const PULSE_MS = 200;
const SAMPLES = 120;
/** How a label shows a switch. */
const SIDES = { valueMap: { true: 'on', false: 'off' }, colorMap: { true: '#34C759', false: '#8E8E93' } };
const LABEL = 40;

/** The controls of a point, as large as they deserve. */
export function tileFor(spec: PointSpec, parts: TileParts): Block {
  if (spec.role === 'event') return eventTile(spec, parts);
  return spec.role === 'actuator' ? outputTile(spec, parts) : sensorTile(spec, parts);
}

function nameOf({ label, id }: PointSpec): string {
  return printable(label || id, LABEL);
}

/** What an output is commanded by; hidden while its device is not online, as nobody could carry the command out. */
function outputTile(spec: PointSpec, parts: TileParts): Block {
  const { device, namespace, idOf, health } = parts;
  const control = controlFor(spec, device, namespace);
  const visible = { when: health, operator: 'eq', value: 'online' };
  const unit = spec.type === 'number' && spec.unit ? ` (${printable(spec.unit, 12)})` : '';
  const json = { ...control?.json, id: idOf(spec.id), label: `${nameOf(spec)}${unit}`, icon: iconFor(spec), visible };
  const tile = spec.type === 'boolean' ? switchTile(spec, json, parts) : block(json, 1, control?.span ?? 4);
  if (spec.rules?.arm === undefined) return tile;
  const arm = {
    type: 'button',
    id: idOf(spec.id, 'arm'),
    label: `Arm ${nameOf(spec)}`,
    icon: 'lock.open.fill',
    action: sending(namespace, 'arm', { dev: device, point: spec.id }),
    visible,
  };
  return { rows: tile.rows + 1, columns: 4, cells: [...tile.cells, { json: arm, at: [tile.rows, 0], span: [1, 4] }] };
}

/** A switch and a pulse; a button alone for what runs only while it is held, or is a pulse anyway. */
function switchTile(spec: PointSpec, toggle: JsonObject, { device, namespace, idOf }: TileParts): Block {
  const { pulse, holdToRun } = spec.rules ?? {};
  const { visible, icon } = toggle;
  const button = (part: string, label: string, wish: JsonObject) => ({
    type: 'button',
    id: idOf(spec.id, part),
    label,
    action: sending(namespace, 'cmd', { dev: device, point: spec.id, ...wish }),
    visible,
  });
  if (pulse !== undefined || holdToRun) {
    const run = { ...button('run', nameOf(spec), { value: true }), icon };
    const words = { type: 'label', id: idOf(spec.id), label: `${nameOf(spec)}: state`, hideLabel: true, text: '—' };
    const light = { ...words, ...SIDES, sync: toggle['sync'] };
    return {
      rows: 1,
      columns: 4,
      cells: [
        { json: run, at: [0, 0], span: [1, 3] },
        { json: light, at: [0, 3], span: [1, 1] },
      ],
    };
  }
  const short = {
    ...button('pulse', `${nameOf(spec)}: pulse`, { pulse_ms: PULSE_MS }),
    icon: 'bolt.fill',
    style: 'icon-only',
  };
  return {
    rows: 1,
    columns: 4,
    cells: [
      { json: toggle, at: [0, 0], span: [1, 3] },
      { json: short, at: [0, 3], span: [1, 1] },
    ],
  };
}

function sensorTile(spec: PointSpec, parts: TileParts): Block {
  if (spec.type !== 'number') return wordTile(spec, parts);
  const range = rangeOf(spec);
  const face = range ? dial(spec, range, parts) : bigNumber(spec, parts);
  const [rows] = face.span;
  const cells: Cell[] = [
    face,
    { json: chart(spec, parts), at: [0, 2], span: [rows - 1, 2] },
    { json: quality(spec, parts), at: [rows - 1, 2], span: [1, 2] },
  ];
  return { rows, columns: 4, cells };
}

/** A ring for what is a part of a hundred, a gauge with its zones for any other number with limits. */
function dial(spec: PointSpec, range: { min: number; max: number }, parts: TileParts): Cell {
  const json = { ...base(spec, parts), ...range };
  if (spec.unit === '%' && range.min === 0 && range.max === 100) {
    return { json: { ...json, type: 'progressRing', progressStyle: 'ring' }, at: [0, 0], span: [3, 2] };
  }
  const step = spec.step !== undefined && spec.step > 0 && Number.isFinite(spec.step) ? spec.step : 0.1;
  const gauge = { type: 'gauge', step, gaugeStyle: 'half', segments: zones(range), ...unitFormat(spec) };
  return { json: { ...json, ...gauge }, at: [0, 0], span: [2, 2] };
}

const ZONES = [
  [0.7, '#34C759'],
  [0.9, '#FF9500'],
  [1, '#FF3B30'],
] as const;

function zones({ min, max }: { min: number; max: number }): JsonObject[] {
  const limits = ZONES.map(([part, color]) => ({ limit: part === 1 ? max : min + (max - min) * part, color }));
  const rise = limits.every(({ limit }, i) => limit > (limits[i - 1]?.limit ?? min));
  return rise ? limits : limits.slice(-1);
}

function bigNumber(spec: PointSpec, parts: TileParts): Cell {
  const json = { ...base(spec, parts), type: 'label', text: '—', style: 'headline', ...unitFormat(spec) };
  return { json, at: [0, 0], span: [2, 2] };
}

function wordTile(spec: PointSpec, parts: TileParts): Block {
  const json = { ...base(spec, parts), type: 'label', text: '—', ...(spec.type === 'boolean' ? SIDES : {}) };
  const light = { ...quality(spec, parts), style: 'dot', hideLabel: true };
  return {
    rows: 1,
    columns: 4,
    cells: [
      { json, at: [0, 0], span: [1, 3] },
      { json: light, at: [0, 3], span: [1, 1] },
    ],
  };
}

function eventTile(spec: PointSpec, { device, namespace, idOf }: TileParts): Block {
  const json = {
    type: 'label',
    id: idOf(spec.id),
    label: nameOf(spec),
    icon: iconFor(spec),
    text: '—',
    sync: [listening(namespace, 'event', 'event', { dev: device, point: spec.id })],
  };
  return block(json, 1, 4);
}

function base(spec: PointSpec, { device, namespace, idOf }: TileParts): JsonObject {
  const sync = [listening(namespace, 'state', `${device}.${spec.id}`)];
  return { type: 'label', id: idOf(spec.id), label: nameOf(spec), icon: iconFor(spec), sync };
}

/** Appends what comes at a fixed pace, and is filled with the past when the phone joins. */
function chart(spec: PointSpec, { device, namespace, idOf }: TileParts): JsonObject {
  const path = `${device}.${spec.id}`;
  return {
    type: 'sparkline',
    id: idOf(spec.id, 'trend'),
    label: `${nameOf(spec)}: trend`,
    hideLabel: true,
    sparklinePoints: SAMPLES,
    sparklineFill: true,
    sync: [listening(namespace, 'trend', path), listening(namespace, 'history', path)],
  };
}

function quality(spec: PointSpec, { device, namespace, idOf }: TileParts): JsonObject {
  return {
    type: 'statusLight',
    id: idOf(spec.id, 'quality'),
    label: `${nameOf(spec)}: quality`,
    style: 'badge',
    size: 'small',
    statusColors: { ...QUALITY_COLOURS },
    defaultValue: 'unknown',
    sync: [listening(namespace, 'quality', `${device}.${spec.id}`)],
  };
}
