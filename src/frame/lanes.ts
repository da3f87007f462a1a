import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import type { JsonObject } from '../mesh/frame.js';
import type { Past } from '../state/history.js';
import type { Store } from '../state/store.js';
import { printable } from '../text.js';
import { BoundLane, type BoundPlan } from './bound-lane.js';
import type { Coalescer } from './coalescer.js';
import { CAUSES, type DropCause } from './drops.js';
import type { Holds } from './holds.js';
import type { Lane } from './lane.js';
import type { PublishPolicies } from './paced-points.js';
import { PartsLane, type Source } from './parts-lane.js';
import type { Served } from './pump.js';
import { QueueLane } from './queue-lane.js';
import { mapFrame } from './shapes.js';
import { FRAME_BYTES, fitting, roomIn, shrink } from './size.js';
import type { Snapshot } from './snapshot.js';
import { type ControlValues, SnapshotLane } from './snapshot-lane.js';
import {
  boundSource,
  healthSource,
  historySource,
  qualitySource,
  stateSource,
  trendSource,
  type ValuePace,
} from './sources.js';
import { WholeLane } from './whole-lane.js';

/** What the lanes are built from. */
export interface LanesParts {
  store: Store;
  history: Past;
  clock: Clock;
  log: Log;
  /** Begins the name of every frame's type. */
  namespace: string;
  /** Most state frames a second, not counting urgent ones; 5 where absent. */
  maxHz?: number | undefined;
  /** Points that have a policy of their own; none where absent. */
  policies?: PublishPolicies | undefined;
  /** The controls that the dynamic group of devices has now; no such frames where absent. */
  deck?(): JsonObject[];
  /** The graph of the bridge and its devices now; no such frames where absent. */
  topology?(): JsonObject;
  /** The frames of a layout written by hand; none where absent. */
  bound?: readonly BoundPlan[] | undefined;
  /** What the controls of the phones' layout hold now; phones that come are not told by control where absent. */
  controls?: ControlValues;
  /** Largest frame in bytes; 64 KiB where absent. A connection that makes frames larger (sealing: by a third) wants less. */
  frameBytes?: number | undefined;
}

/** Frames that wait: acks of one phone (more than an app waits for), events of one device, lines for consoles. */
const ACKS = 64;
const EVENTS = 1000;
const LOGS = 100;
/** Longest wait of values, and of what fills charts and consoles, behind lanes that matter more. */
const VALUES_WAIT_MS = 500;
const CHART_WAIT_MS = 10_000;

/**
 * Everything that can be said on the channel, each kind in its lane. Acks, events and the state after an ack don't wait
 * for the pace of values.
 */
export class Lanes {
  /** Acks and routed replies. */
  readonly acks: QueueLane;
  readonly events: QueueLane;
  readonly logs: QueueLane;
  readonly state: Coalescer;
  readonly quality: Coalescer;
  readonly health: Coalescer;
  readonly trend: Snapshot;
  readonly past: Snapshot;
  readonly deck: WholeLane | undefined;
  readonly topology: WholeLane | undefined;
  readonly bound: BoundLane | undefined;
  readonly snapshots: SnapshotLane | undefined;
  /** The lane of full and changed states. */
  readonly first: Served;
  /** All lanes in the order in which they matter. */
  readonly all: readonly Served[];
  /** The lanes that are emptied at the end, and those that have the last word. */
  readonly leaving: readonly Served[];
  readonly last: readonly Served[];
  /** Values and payloads cut because no frame could hold them. */
  oversize = 0;

  private readonly room: number;
  /** Devices that described themselves since the last deck. */
  private readonly described = new Set<string>();

  /** `gone`: true once every health word is to be `offline`; `cause`: why a frame would be dropped now. */
  constructor(
    private readonly parts: LanesParts,
    gone: () => boolean,
    private readonly cause: () => DropCause,
    holds: Holds,
  ) {
    const { store, clock, history, maxHz = 5, policies } = parts;
    this.room = roomIn(parts.frameBytes ?? FRAME_BYTES);
    this.acks = this.queue('command_ack', ACKS, 'info');
    this.events = this.queue('event', EVENTS, 'warn');
    this.logs = this.queue('log', LOGS, 'info');
    const pace: ValuePace = { clock, maxHz, holds, policies };
    this.state = stateSource(store, pace);
    this.quality = qualitySource(store, clock, maxHz);
    this.health = healthSource(store, clock, maxHz, gone);
    this.trend = trendSource(store);
    this.past = historySource(history);
    this.deck = parts.deck && this.deckLane(parts.deck);
    this.topology = parts.topology && this.topologyLane(parts.topology);
    this.bound = parts.bound && parts.bound.length > 0 ? this.boundLane(parts.bound, pace, gone) : undefined;
    this.snapshots = parts.controls && new SnapshotLane(parts.controls, this.room);

    const acks: Served = { lane: this.acks, urgent: true, patience: Number.POSITIVE_INFINITY };
    const events: Served = { lane: this.events, urgent: false, patience: Number.POSITIVE_INFINITY };
    const inTurn = (lane: Lane): Served => ({ lane, urgent: false, patience: VALUES_WAIT_MS });
    this.first = inTurn(this.values('state', this.state, true));
    const quality = inTurn(this.values('quality', this.quality, true));
    const health = inTurn(this.values('health', this.health, true));
    const bound = this.bound ? [inTurn(this.bound)] : [];
    this.all = [
      acks,
      events,
      this.first,
      ...bound,
      quality,
      health,
      // A phone must know the controls of a deck before it is told what they hold.
      ...[this.deck, this.snapshots, this.topology].flatMap((lane) => (lane ? [inTurn(lane)] : [])),
      { lane: this.values('trend', this.trend, false), urgent: false, patience: CHART_WAIT_MS },
      { lane: this.logs, urgent: false, patience: CHART_WAIT_MS },
      { lane: this.values('history', this.past, false), urgent: false, patience: CHART_WAIT_MS },
    ];
    this.leaving = [acks, events, this.first, ...bound, quality].map((served) => ({ ...served, urgent: true }));
    this.last = [health, ...bound].map((served) => ({ ...served, urgent: true }));
  }

  /** Full state, quality and health are to be said. */
  full(): void {
    this.state.full();
    this.quality.full();
    this.health.full();
    this.bound?.full();
  }

  /** Takes over the answers and events that wait in others; the rest of these is dropped. */
  inherit(others: Lanes): void {
    this.acks.inherit(others.acks);
    this.events.inherit(others.events);
    others.clear();
  }

  /** Drops everything that waits. */
  clear(): void {
    for (const { lane } of this.all) lane.clear();
  }

  /** The value of a point is to be said once more. */
  repeat(device: string, point: string, atOnce: boolean): void {
    this.state.repeat(device, point, atOnce);
    this.bound?.repeat(device, point, atOnce);
  }

  /** A device has other points. */
  relist(device: string): void {
    this.described.add(device);
    this.say(device);
    this.deck?.request();
    this.topology?.request();
  }

  /** Somebody new wants everything that is said as a whole. */
  wholes(): void {
    this.deck?.hurry();
    this.topology?.hurry();
  }

  /** The type of frames of a kind. */
  type(kind: string): string {
    return `${this.parts.namespace}.${kind}`;
  }

  private queue(name: string, limit: number, level: 'info' | 'warn'): QueueLane {
    const { room, cause } = this;
    const { clock, log } = this.parts;
    const onDropped = (dropped: number, why: DropCause) => {
      // Lines for consoles always wait when a bridge stops: its own last words.
      const said = why === 'stop' && name === 'log' ? 'debug' : level;
      log[said]({ lane: name, dropped }, `${dropped} ${name} frames were dropped: ${CAUSES[why]}`);
    };
    return new QueueLane({ name, clock, limit, room, cause, onDropped, onOversize: () => this.cut(name) });
  }

  private values(kind: string, source: Source, marked: boolean): PartsLane {
    const type = this.type(kind);
    return new PartsLane(kind, source, {
      room: this.room,
      shape: (entries, full, part) =>
        mapFrame(type, entries, { ...(marked ? { full } : {}), ...(part ? { part } : {}) }),
      onOversize: ({ device, point }) => this.cut(`${device}.${point}`),
    });
  }

  private boundLane(plans: readonly BoundPlan[], pace: ValuePace, gone: () => boolean): BoundLane {
    const { store, history } = this.parts;
    const slots = plans.flatMap((plan) => plan.slots);
    return new BoundLane({
      plans,
      source: boundSource(store, pace, slots, gone),
      past: (device, point) => history.get(device, point),
      room: this.room,
      onOversize: () => this.cut('bound'),
    });
  }

  private deckLane(children: () => JsonObject[]): WholeLane {
    const { clock, log } = this.parts;
    const make = () => {
      const all = children();
      const some = fitting(all, this.room);
      const left = all.length - some.length;
      if (left > 0) log.warn({ left }, 'the deck of devices is too large for a frame');
      return { msg_type: this.type('devices'), children: some };
    };
    // Controls that came with the deck have not heard what was said before.
    const told = () => {
      for (const device of this.described) this.say(device);
      this.described.clear();
    };
    return new WholeLane('devices', clock, make, told);
  }

  /** All of a device is to be said. */
  private say(device: string): void {
    this.state.relist(device);
    this.quality.relist(device);
    this.bound?.relist(device);
    this.health.mark(device, ['']);
  }

  private topologyLane(graph: () => JsonObject): WholeLane {
    return new WholeLane('topology', this.parts.clock, () => {
      return shrink({ msg_type: this.type('topology'), graph: graph() }, this.room);
    });
  }

  private cut(what: string): void {
    this.oversize++;
    this.parts.log.warn({ what: printable(what) }, 'a value too large for a frame was left out');
  }
}
