import type { Clock } from '../clock.js';
import type { Device } from '../device/device.js';
import { refused } from '../device/outcome.js';
import { BRIDGE_NODE } from '../layout/topology.js';
import { pageOf } from '../layout-page.js';
import type { Memory } from '../memory.js';
import { isObject, type JsonObject } from '../mesh/frame.js';
import type { History } from '../state/history.js';
import type { PointState, Store } from '../state/store.js';
import { printable } from '../text.js';
import { readCommand, type Way } from './command.js';
import type { Router } from './router.js';

/** What the answers are made from. */
export interface RequestParts {
  namespace: string;
  version: string;
  devices: ReadonlyMap<string, Device>;
  store: Store;
  history: History;
  memory: Pick<Memory, 'last'>;
  router: Router;
  /** The phones' layout now, without secrets. */
  layout(): JsonObject;
  clock: Clock;
}

type Answer = (payload: JsonObject, way: Way) => JsonObject | Promise<JsonObject>;

/** Answers requests that a peer routes to this bridge; every answer is an object with `ok`. */
export class Requests {
  /** How many were answered, and how. */
  readonly outcomes = { ok: 0, refused: 0 };
  private readonly answers: ReadonlyMap<string, Answer>;

  constructor(private readonly parts: RequestParts) {
    const { namespace } = parts;
    this.answers = new Map<string, Answer>([
      [`${namespace}.describe`, () => this.describe()],
      [`${namespace}.get_state`, () => this.state()],
      [`${namespace}.get_history`, () => ({ ok: true, history: parts.history.snapshot() })],
      [`${namespace}.set`, (payload, way) => this.set(payload, way)],
      [`${namespace}.get_layout`, (payload) => this.layout(payload)],
      [`${namespace}.card`, (payload) => this.card(payload)],
    ]);
  }

  /** True when `type` is one that this bridge answers. */
  knows(type: string): boolean {
    return this.answers.has(type);
  }

  /** Answers a request of the relay through `answer`; false when its type is none of ours. */
  route(type: string, payload: unknown, answer: (payload: JsonObject) => void, way: Way): boolean {
    if (!this.knows(type)) return false;
    void this.answer(type, payload, way).then(answer);
    return true;
  }

  /** The answer to a request, however it came. Never rejects. */
  async answer(type: string, payload: unknown, way: Way): Promise<JsonObject> {
    const answer = this.answers.get(type);
    if (!answer) return { ok: false, error: 'unknown type' };
    try {
      const said = await answer(isObject(payload) ? payload : {}, way);
      this.outcomes[said['ok'] === true ? 'ok' : 'refused']++;
      return said;
    } catch (error) {
      this.outcomes.refused++;
      return { ok: false, error: error instanceof Error ? error.message : String(error) };
    }
  }

  private describe(): JsonObject {
    const { store, devices, namespace, version } = this.parts;
    const specsOf = (device: string) => [...store.points(device).values()].map(({ spec }) => spec);
    const described = [...devices.values()].map((device) => ({
      id: device.id,
      driver: device.kind,
      health: store.health(device.id),
      ...(device.identity ? { identity: device.identity } : {}),
      points: specsOf(device.id),
    }));
    // What follows from devices is of no driver.
    const others = store.devices().filter((id) => !devices.has(id));
    described.push(...others.map((id) => ({ id, driver: id, health: store.health(id), points: specsOf(id) })));
    return { ok: true, namespace, version, devices: described };
  }

  private state(): JsonObject {
    const { store, memory } = this.parts;
    const devices: JsonObject = {};
    for (const device of store.devices()) {
      const points: JsonObject = {};
      for (const state of store.points(device).values()) points[state.spec.id] = this.pointState(state);
      const last = memory.last(device);
      devices[device] = { health: store.health(device), points, ...(Object.keys(last).length > 0 && { last }) };
    }
    return { ok: true, devices };
  }

  private pointState(state: PointState): JsonObject {
    const age = state.at === undefined ? null : Math.round(this.parts.clock.now() - state.at);
    return { value: state.value, quality: state.quality, age_ms: age };
  }

  private async set(payload: JsonObject, way: Way): Promise<JsonObject> {
    const { namespace } = this.parts;
    const { msg_type: type } = payload;
    const isOurs = typeof type !== 'string' || [`${namespace}.set`, `${namespace}.cmd`].includes(type);
    // The type that it travelled with is not sealed: whoever carries it could make it a request to us.
    if (way.via === 'sealed' && !isOurs)
      return { ...refused('plaintext', 'what is sealed is another request than it was sent as') };
    const request = readCommand(payload, way);
    if (!request || !this.parts.devices.has(request.device)) {
      return { ok: false, code: 'unknown_point', message: 'dev and point must name an output of this bridge' };
    }
    const outcome = await this.parts.router.execute(request);
    return { ...(outcome ?? refused('rate', 'too many commands were refused')) };
  }

  /** One that is too large for a frame comes tab by tab: `tab` is the first that is wanted, `next` the first of the rest. */
  private layout({ tab = 0 }: JsonObject): JsonObject {
    const first = Number.isSafeInteger(tab) && Number(tab) >= 0 ? Number(tab) : 0;
    const page = pageOf(this.parts.layout(), first);
    return page ? { ok: true, ...page } : { ok: false, error: `there is no tab ${first} that a frame could hold` };
  }

  private card(payload: JsonObject): JsonObject {
    const { store } = this.parts;
    const id = typeof payload['id'] === 'string' ? payload['id'] : payload['value'];
    if (id === BRIDGE_NODE) return this.bridgeCard();
    const health = typeof id === 'string' ? store.health(id) : undefined;
    if (typeof id !== 'string' || !health) return { ok: false, error: 'no such device' };
    const lines = [...store.points(id).values()].map(({ spec, value, quality }) => {
      const shown = value === null ? '—' : printable(`${value}${spec.unit ? ` ${spec.unit}` : ''}`, 80);
      return `- **${printable(spec.label ?? spec.id, 40)}**: ${shown}${quality === 'stale' ? ' (stale)' : ''}`;
    });
    return { ok: true, title: id, content: [`*${health}*`, '', ...lines].join('\n') };
  }

  private bridgeCard(): JsonObject {
    const { store, namespace, version } = this.parts;
    const lines = store.devices().map((device) => `- **${device}**: ${store.health(device)}`);
    return { ok: true, title: namespace, content: [`*version ${version}*`, '', ...lines].join('\n') };
  }
}
