import type { Clock } from '../../clock.js';
import type { Gesture } from '../../layout/emit.js';
import { VirtualPhone } from '../../layout/virtual-phone.js';
import { isObject, type JsonObject } from '../../mesh/frame.js';
import type { DeviceEntry, LogEntry, Status } from './entries.js';
import { labelOf } from './fields.js';
import { isForViewers } from './for-viewers.js';
import { Holder } from './holder.js';
import { Link } from './link.js';
import { NoticeBoard } from './notice-board.js';
import { PointBook, type PointNote } from './point-book.js';
import { Watch } from './watch.js';
import { Wire } from './wire.js';

const LOG_LINES = 500;
const AGES_MS = 2_000;
/** Phones may be asked who they are first; relays give each 5 s. */
const PUSH_MS = 30_000;

/** Everything that the page knows; each part that becomes another one is told by its name, a control by `control:<id>`. */
export class Session {
  readonly watch = new Watch();
  phone: VirtualPhone | undefined;
  connection: 'connecting' | 'live' | 'lost' | 'stranger' = 'connecting';
  status: Status | undefined;
  devices: readonly DeviceEntry[] = [];
  log: readonly LogEntry[] = [];
  /** What is watched of a device's wire. */
  wire = new Wire(undefined);
  readonly notices: NoticeBoard;
  private points: PointBook | undefined;
  private targets: JsonObject = {};
  /** Points whose outputs run only while a button is held. */
  private held: ReadonlySet<unknown> = new Set();
  private readonly link: Link;
  private readonly waiting = new Set<string>();
  private name = '';

  constructor(
    url: string,
    private readonly clock: Clock,
  ) {
    this.notices = new NoticeBoard(clock, () => this.watch.tell('notices'));
    this.link = new Link(url, clock, {
      down: () => {
        this.phone?.disconnected();
        this.become('lost');
      },
      stranger: () => this.become('stranger'),
      frame: (type, payload) => this.frame(type, payload),
    });
  }

  start(): void {
    this.link.connect();
    this.askAges();
  }

  /** True: whoever opened this page may only look, and stop everything. */
  get looksOnly(): boolean {
    return this.status?.role === 'viewer';
  }

  /** Whether somebody may do something at a control here. */
  allows(id: string): boolean {
    const found = this.phone?.control(id);
    return !this.looksOnly || !found || isForViewers(found, this.targets[id], `${this.status?.namespace}`);
  }

  /** Does a gesture at a control. */
  act(id: string, gesture?: Gesture, name?: string): void {
    // A layout that came meanwhile may have no such control any more.
    if (this.phone?.control(id) === undefined || !this.allows(id)) return;
    if (this.connection === 'live') this.phone.act(id, gesture, name);
    else this.notices.add('bad', 'Not sent: the bridge is not reached');
  }

  /** Asks the bridge something that phones may ask it too. */
  request(type: string, payload: unknown): Promise<JsonObject> {
    return this.link.ask('route_msg', { target_id: 'bridge', type, payload });
  }

  /** Consents to what is shown of a device, and to nothing that it may have become meanwhile. */
  async approve({ id: device, manifest }: DeviceEntry): Promise<void> {
    const answer = await this.link.ask('panel.approve', { device, manifest });
    if (answer['ok'] === true) this.notices.add('good', `${device}: its outputs may be switched`);
    if (answer['message'] !== undefined) this.notices.add('bad', `${device}: ${String(answer['message'])}`);
  }

  /** What a phone needs to join. */
  pairing(): Promise<JsonObject> {
    return this.link.ask('panel.pairing', null);
  }

  /** Puts the layout on the phone that is there. */
  push(): Promise<JsonObject> {
    return this.link.ask('panel.push', null, PUSH_MS);
  }

  /** Shows the lines of a device's wire from now on, or of none. */
  async monitor(device: string | undefined): Promise<void> {
    this.wire = new Wire(device);
    this.watch.tell('wire');
    await this.link.ask('panel.monitor', { device: device ?? null });
  }

  /** The point that a control shows, as `device.point`; undefined for one that shows none. */
  pointOf(id: string): string | undefined {
    const target = this.targets[id];
    if (typeof target === 'string') return target.includes('.') ? target : undefined;
    const state = `${this.status?.namespace}.state`;
    const listens = this.phone?.control(id)?.listens ?? [];
    return listens.find(({ filter }) => filter?.['msg_type'] === state)?.valuePath;
  }

  /** Holds the button of an output that runs only so long, and says so again and again; undefined for other controls. */
  holder(id: string): Holder | undefined {
    const { namespace } = this.status ?? {};
    const payload = this.phone?.control(id)?.actions.find(({ name }) => name === 'action')?.action['payload'];
    const own = isObject(payload) && payload['msg_type'] === `${namespace}.cmd` ? payload : {};
    const name = this.targets[id] ?? `${own['dev']}.${own['point']}`;
    if (!this.held.has(name) || this.looksOnly) return undefined;
    const [dev, point] = String(name).split('.');
    const say = (held: boolean) => {
      const frame = { msg_type: `${namespace}.hold`, dev, point, held, _from: this.name };
      void this.link.send('broadcast_request', frame);
    };
    return new Holder(this.clock, () => this.act(id), say);
  }

  noteOf(point: string): PointNote | undefined {
    return this.points?.of(point);
  }

  /** The page's clock, on which ages are counted. */
  now(): number {
    return this.clock.now();
  }

  private frame(type: string, payload: JsonObject): void {
    switch (type) {
      case 'welcome':
        this.name = String(payload['viewer']);
        this.setStatus(payload);
        this.become('live');
        break;
      case 'panel.status':
        this.setStatus(payload);
        break;
      case 'panel.layout':
        this.showLayout(payload);
        break;
      case 'panel.devices':
        this.devices = payload['devices'] as DeviceEntry[];
        this.watch.tell('devices');
        break;
      case 'panel.log':
        this.log = [...this.log, ...(payload['lines'] as LogEntry[])].slice(-LOG_LINES);
        this.watch.tell('log');
        break;
      case 'panel.monitor':
        if (this.wire.add(payload)) this.watch.tell('wire');
        break;
      case 'broadcast':
        this.hear(payload);
        break;
    }
  }

  private become(connection: Session['connection']): void {
    if (connection === 'live') this.log = [];
    this.connection = connection;
    this.watch.tell('status');
  }

  private setStatus(payload: JsonObject): void {
    const before = this.status;
    this.status = payload as unknown as Status;
    if (before?.namespace !== this.status.namespace)
      this.points = new PointBook(this.status.namespace, () => this.now());
    this.watch.tell('status');
  }

  private showLayout({ layout, targets, held }: JsonObject): void {
    this.targets = isObject(targets) ? targets : {};
    this.held = new Set(Array.isArray(held) ? held : []);
    if (this.phone) this.phone.load(layout);
    else this.phone = this.newPhone(layout);
    this.watch.tell('layout');
    this.phone.connected();
    void this.refreshAges();
    const { device } = this.wire;
    if (device !== undefined) void this.link.ask('panel.monitor', { device });
  }

  private newPhone(layout: unknown): VirtualPhone {
    // A connection gives the page another name; what waits for an answer by then gets none.
    const name = () => this.name;
    return new VirtualPhone({
      layout,
      get name() {
        return name();
      },
      clock: this.clock,
      newId: () => crypto.getRandomValues(new Uint32Array(4)).join('-'),
      send: (event, payload) => void this.link.send(event, payload),
      changed: (ids) => this.changed(ids),
    });
  }

  private changed(ids: ReadonlySet<string> | undefined): void {
    if (!ids) {
      this.watch.tell('layout');
      return;
    }
    for (const id of ids) {
      this.tellOutcome(id);
      this.watch.tell(`control:${id}`);
    }
    this.watch.tell('visible');
  }

  /** What became of a tap, in words: for those who do not see it. */
  private tellOutcome(id: string): void {
    const state = this.phone?.state(id);
    const { control } = this.phone?.control(id) ?? {};
    if (!state || !control) return;
    const waited = this.waiting.has(id);
    if (state.pending) this.waiting.add(id);
    else if (waited) {
      this.waiting.delete(id);
      const { refusal } = state;
      if (refusal) this.notices.add('bad', `${labelOf(control, id)}: refused, ${refusal.message || refusal.code}`);
    }
  }

  private hear(payload: JsonObject): void {
    this.phone?.receive(payload);
    for (const name of this.points?.hear(payload) ?? []) this.watch.tell(`point:${name}`);
  }

  private askAges(): void {
    this.clock.after(AGES_MS, () => {
      void this.refreshAges();
      this.askAges();
    });
  }

  private async refreshAges(): Promise<void> {
    if (this.connection !== 'live' || !this.status) return;
    const answer = await this.request(`${this.status.namespace}.get_state`, null);
    this.points?.take(answer);
    this.watch.tell('ages');
  }
}
