import type { Clock } from '../clock.js';
import type { Quality, Value } from '../device/point.js';
import { goodNumbers, type Past } from '../state/history.js';
import type { Health, PointState, Store } from '../state/store.js';
import { Coalescer, type CoalescerParts } from './coalescer.js';
import type { Holds } from './holds.js';
import type { PublishPolicies } from './paced-points.js';
import type { Key } from './parts-lane.js';
import { Snapshot } from './snapshot.js';

/** How values are said: at which pace, which otherwise, and which not yet. */
export interface ValuePace {
  clock: Clock;
  /** Most frames a second. */
  maxHz: number;
  holds: Holds;
  policies: PublishPolicies | undefined;
}

/** The value of a point; null: unknown, undefined: there is no such point. */
export function valueNow(store: Store, device: string, point: string): Value | null | undefined {
  return valuePoint(store, device, point)?.value;
}

/** Values that changed. */
export function stateSource(store: Store, pace: ValuePace): Coalescer {
  const read = (device: string, point: string) => valueNow(store, device, point);
  return new Coalescer({ ...pace, ...pointsOf(store), read, absent: null });
}

/** Quality words that changed. */
export function qualitySource(store: Store, clock: Clock, maxHz: number): Coalescer {
  const read = (device: string, point: string): Quality | undefined => valuePoint(store, device, point)?.quality;
  return new Coalescer({ clock, maxHz, ...pointsOf(store), read, absent: 'unknown' });
}

/** Health words that changed, the bridge's own among them; all are `offline` once `leaving`. */
export function healthSource(store: Store, clock: Clock, maxHz: number, leaving: () => boolean): Coalescer {
  const read = (device: string): Health | undefined => healthWord(store, device, leaving);
  const devices = () => [...store.devices(), 'bridge'];
  return new Coalescer({ clock, maxHz, devices, points: () => [''], read, absent: 'offline' });
}

/** Values and health words that a layout is bound to; a point of `''` is the device's health. */
export function boundSource(store: Store, pace: ValuePace, bound: readonly Key[], leaving: () => boolean): Coalescer {
  const points = new Map<string, Set<string>>();
  for (const { device, point } of bound) points.set(device, (points.get(device) ?? new Set()).add(point));
  const read = (device: string, point: string): Value | null | undefined =>
    point === '' ? healthWord(store, device, leaving) : valueNow(store, device, point);
  const devices = () => points.keys();
  const only = new Map(
    [...(pace.policies ?? [])].filter(([name]) => bound.some((key) => name === `${key.device}.${key.point}`)),
  );
  const pointsOf = (device: string) => points.get(device) ?? [];
  return new Coalescer({ ...pace, devices, points: pointsOf, read, absent: null, policies: only });
}

function healthWord(store: Store, device: string, leaving: () => boolean): Health | undefined {
  if (leaving()) return 'offline';
  return device === 'bridge' ? 'online' : store.health(device);
}

/** All numbers that are good now. */
export function trendSource(store: Store): Snapshot {
  return new Snapshot(
    () => goodNumbers(store),
    ({ device, point }) => {
      const state = store.point(device, point);
      return state?.quality === 'good' && typeof state.value === 'number' ? state.value : undefined;
    },
  );
}

/** All samples. */
export function historySource(history: Past): Snapshot {
  return new Snapshot(
    () => history.keys(),
    ({ device, point }) => history.get(device, point),
  );
}

function pointsOf(store: Store): Pick<CoalescerParts, 'devices' | 'points'> {
  return {
    devices: () => store.devices(),
    points: (device) => [...store.points(device).keys()].filter((point) => valuePoint(store, device, point)),
  };
}

function valuePoint(store: Store, device: string, point: string): PointState | undefined {
  const state = store.point(device, point);
  return state?.spec.role === 'event' ? undefined : state;
}
