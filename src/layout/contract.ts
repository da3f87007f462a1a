import { isObject, type JsonObject } from '../mesh/frame.js';
import { type ActionSpot, actionsOf } from './actions.js';
import { folded } from './sections.js';
import { type Listen, listensOf } from './sync.js';
import { type LayoutPath, spots } from './walk.js';

/** What one control listens to and sends. */
export interface ControlContract {
  readonly id: string;
  readonly type: string | undefined;
  readonly control: JsonObject;
  readonly path: LayoutPath;
  readonly listens: readonly Listen[];
  readonly actions: readonly ActionSpot[];
}

/** A frame that an app sends by itself again and again. */
export interface Poll {
  readonly name: string;
  readonly event: string;
  readonly payload: unknown;
  readonly intervalMs: number;
}

/** How a layout keeps its controls in step with its server. */
export interface StateContract {
  /** The app asks for a snapshot when it comes. */
  readonly sync: boolean;
  /** The app stamps its commands and waits for acknowledgements. */
  readonly acks: boolean;
  readonly ackTimeoutMs: number;
}

/** Everything that a layout asks of its server. */
export interface Contract {
  /** Controls that have an id, by it; of two with one id, the first. */
  readonly controls: ReadonlyMap<string, ControlContract>;
  /** Events that fill dynamic groups. */
  readonly dynamic: readonly string[];
  readonly polls: readonly Poll[];
  readonly state: StateContract;
}

const ACK_TIMEOUT_MS = 2_000;
const MIN_POLL_MS = 250;

/** Reads what a layout listens to and sends. Anything may be given. */
export function contractOf(layout: unknown): Contract {
  const root = isObject(layout) ? folded(layout) : {};
  const controls = new Map<string, ControlContract>();
  const dynamic = new Set<string>();
  for (const { control, id, type, path } of spots(root)) {
    if (typeof control['dynamic'] === 'string' && type === 'group') dynamic.add(control['dynamic']);
    if (id === undefined || controls.has(id)) continue;
    controls.set(id, { id, type, control, path, listens: listensOf(control), actions: actionsOf(control) });
  }
  return { controls, dynamic: [...dynamic], polls: pollsOf(root), state: stateOf(root) };
}

function pollsOf({ pollGroups }: JsonObject): Poll[] {
  if (!isObject(pollGroups)) return [];
  return Object.entries(pollGroups).flatMap(([name, poll]) => {
    if (!isObject(poll)) return [];
    const { event, interval, payload = null } = poll;
    if (typeof event !== 'string' || typeof interval !== 'number' || !(interval > 0)) return [];
    return [{ name, event, payload, intervalMs: Math.max(MIN_POLL_MS, interval * 1000) }];
  });
}

function stateOf({ state }: JsonObject): StateContract {
  const { sync, acks, ackTimeoutMs } = isObject(state) ? state : {};
  const given = typeof ackTimeoutMs === 'number' && ackTimeoutMs > 0 && Number.isFinite(ackTimeoutMs);
  return { sync: sync === true, acks: acks === true, ackTimeoutMs: given ? ackTimeoutMs : ACK_TIMEOUT_MS };
}
