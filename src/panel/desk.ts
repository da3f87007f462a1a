import { approveDevice, refuseViewer } from '../action/approve.js';
import type { Audit } from '../action/audit.js';
import type { Clock } from '../clock.js';
import type { Fleet } from '../device/fleet.js';
import { targetName } from '../layout/target.js';
import type { LogLine } from '../log-line.js';
import type { JsonObject } from '../mesh/frame.js';
import type { Pairing } from '../pairing.js';
import type { PhoneLayout } from '../phone-layout.js';
import type { PhonePush } from '../phone-push.js';
import type { Store } from '../state/store.js';
import { printable } from '../text.js';
import type { LogRing } from './log-ring.js';
import { Paced } from './paced.js';

/** What the desk is made from. */
export interface DeskParts {
  readonly fleet: Fleet;
  readonly store: Store;
  readonly audit: Pick<Audit, 'note'>;
  readonly phoneLayout: Pick<PhoneLayout, 'layout' | 'binding'>;
  readonly name: string;
  readonly namespace: string;
  readonly version: string;
  /** The relay's address, safe to show, and whether it has let us in. */
  readonly relay: { at(): { readonly url: string; readonly channel: string }; ready(): boolean };
  /** What a phone needs to join now. */
  pairing(): Pairing;
  readonly push: PhonePush;
  readonly log: LogRing;
  readonly clock: Clock;
}

/** Who wants to know what is new at the desk. */
export interface DeskListener {
  devices(): void;
  layout(): void;
  status(): void;
  log(line: LogLine): void;
}

/** Devices describe themselves in several steps; a page need not follow each. */
const DEVICES_MS = 100;
const LAYOUT_MS = 150;

/** What pages that may only look get for whatever else they ask for. */
export const VIEWER = { ok: false, message: 'viewers may only look' };

/** What the panel shows and does beside what a phone could: devices and their approval, their wires, the log. */
export class Desk {
  private readonly listeners = new Set<DeskListener>();

  constructor(private readonly parts: DeskParts) {
    const { store, clock, log } = parts;
    const devices = new Paced(clock, DEVICES_MS, () => this.tell((listener) => listener.devices()));
    const layout = new Paced(clock, LAYOUT_MS, () => this.tell((listener) => listener.layout()));
    store.subscribe({
      health: () => this.listeners.size > 0 && devices.request(),
      connected: () => this.listeners.size > 0 && devices.request(),
      described: () => {
        if (this.listeners.size === 0) return;
        devices.request();
        layout.request();
      },
    });
    log.watch((line) => this.tell((listener) => listener.log(line)));
  }

  /** Adds a listener; the returned function removes it. */
  watch(listener: DeskListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The relay let us in, or is gone. */
  relayChanged(): void {
    this.tell((listener) => listener.status());
  }

  status(): JsonObject {
    const { relay, name, namespace, version } = this.parts;
    return { name, namespace, version, relay: { ...relay.at(), joined: relay.ready() } };
  }

  /** The layout for phones, which point each bound control means, and which run only while a button is held. */
  layout(): JsonObject {
    const { layout, binding } = { layout: this.parts.phoneLayout.layout(), binding: this.parts.phoneLayout.binding };
    const targets = Object.fromEntries([...(binding?.targets ?? [])].map(([id, target]) => [id, targetName(target)]));
    const { store } = this.parts;
    const held = store.devices().flatMap((device) => {
      const points = [...store.points(device).values()].filter(({ spec }) => spec.rules?.holdToRun);
      return points.map(({ spec }) => `${device}.${spec.id}`);
    });
    return { layout, targets, held };
  }

  devices(): JsonObject[] {
    const { fleet, store } = this.parts;
    return [...fleet.devices.values()].map((device) => {
      const { id, kind, state, trouble, approved, identity, counters } = device;
      const points = [...store.points(id).values()].map(({ spec }) => spec);
      return {
        id,
        driver: kind,
        health: store.health(id) ?? 'offline',
        state,
        approved,
        points: points.length,
        outputs: points.filter(({ role }) => role === 'actuator').length,
        lines: counters.lines,
        dropped: counters.overlong + counters.garbled,
        ...(identity?.manifest === undefined ? {} : { manifest: identity.manifest }),
        ...(trouble === undefined ? {} : { trouble: printable(trouble) }),
        ...(identity?.name === undefined ? {} : { name: printable(identity.name, 60) }),
        ...(identity?.firmware === undefined ? {} : { firmware: printable(identity.firmware, 40) }),
      };
    });
  }

  /** Lets the outputs of a device be switched, in the name of a page: those that it shows. */
  async approve({ device: id, manifest }: JsonObject, by: string): Promise<JsonObject> {
    const shown = { manifest: typeof manifest === 'string' ? manifest : undefined };
    const approval = typeof id === 'string' && (await approveDevice(this.parts, id, by, shown));
    if (!approval) return { ok: false, message: 'there is no such device' };
    this.tell((listener) => listener.devices());
    const message = 'this could not be remembered and lasts until the next start';
    return { ok: true, ...(approval.remembered ? {} : { message }) };
  }

  /** Tells a page that may only look why it may not do that either. */
  refuse(id: string, by: string): JsonObject {
    refuseViewer(this.parts, id, by);
    return VIEWER;
  }

  /** What a phone needs to join. */
  get pairing(): Pairing {
    return this.parts.pairing();
  }

  /** Puts the layout on the phone that is there. */
  async pushLayout(): Promise<JsonObject> {
    return { ...(await this.parts.push.push()) };
  }

  /** Calls `line` for each line on a device's wire; the returned function ends it. Undefined: there is no such device. */
  monitor(id: string, line: (line: { direction: string; text: string }) => void): (() => void) | undefined {
    return this.parts.fleet.devices.get(id)?.traffic.watch(line);
  }

  /** The last lines of the log. */
  lastLines(): LogLine[] {
    return this.parts.log.last();
  }

  private tell(what: (listener: DeskListener) => void): void {
    for (const listener of this.listeners) what(listener);
  }
}
