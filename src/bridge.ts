import { randomUUID } from 'node:crypto';
import { Commands } from './action/commands.js';
import { DesiredInMemory } from './action/desired.js';
import { Requests } from './action/requests.js';
import { Router } from './action/router.js';
import { Safety } from './action/safety.js';
import { watchBinding } from './binding-watch.js';
import { type Clock, deadline } from './clock.js';
import { formulasOf } from './config/formulas.js';
import { policiesOf } from './config/policies.js';
import type { Config } from './config/schema.js';
import { controlHandlers } from './control/handlers.js';
import { ControlServer } from './control/server.js';
import type { DriverRegister } from './device/driver-kind.js';
import { Fleet } from './device/fleet.js';
import { BridgeError, describeError } from './error.js';
import { Publisher, type PublisherParts } from './frame/publisher.js';
import type { LogEntry } from './frame/shapes.js';
import type { FrameSink } from './frame/sink.js';
import { keptToken } from './kept-token.js';
import type { Log } from './log.js';
import type { MeshClient } from './mesh/client.js';
import type { Trust } from './mesh/client-socket.js';
import { parseRelayUrl } from './mesh/connection.js';
import type { DeviceToken } from './mesh/device-token.js';
import { joinRelay } from './mesh-side.js';
import { startNotices } from './notify/notices.js';
import type { Pairing } from './pairing.js';
import { Desk } from './panel/desk.js';
import { LocalPanel, type LocalPanelParts, type PanelOptions } from './panel/local-panel.js';
import { LogRing } from './panel/log-ring.js';
import type { PhoneLayout } from './phone-layout.js';
import { PhonePush } from './phone-push.js';
import { PhoneSide } from './phone-side.js';
import type { PinsOf } from './port/pin.js';
import type { Ports } from './port/ports.js';
import { Derived } from './state/derived.js';
import { History } from './state/history.js';
import { Store } from './state/store.js';

/** What a bridge is built from: its config, and everything of the world outside that it touches. */
export interface BridgeParts {
  config: Config;
  /** Address of the relay to join. */
  relayUrl: string;
  /** What the relay asks for, where it asks. */
  token: string | undefined;
  /** Whom a `wss://` relay has to be; anybody whom the system trusts where absent. */
  trust?: Trust | undefined;
  /** True: anybody can be on the relay and nobody said that this is all right. */
  openRelay: boolean;
  drivers: DriverRegister;
  version: string;
  clock: Clock;
  random: () => number;
  log: Log;
  ports: Ports;
  /** What a phone needs to join. */
  pairing: Pairing;
  /** The local web page; none where absent. */
  panel?: PanelOptions;
  /** The lines of the log that the panel shows. */
  lines?: LogRing;
  pins: PinsOf;
}

/** The whole stop takes at most this long, whatever confirms. */
const STOP_MS = 1_800;

/** The composition root: builds all parts of a bridge, starts them in order, stops them in order. */
export class Bridge {
  readonly store: Store;
  readonly fleet: Fleet;
  readonly router: Router;
  readonly mesh: MeshClient;
  readonly publisher: Publisher;
  readonly panel: LocalPanel | undefined;
  private readonly tokens: DeviceToken | undefined;
  private readonly commands: Commands;
  private readonly requests: Requests;
  private readonly control: ControlServer;
  private readonly derived: Derived;
  private readonly safety: Safety;
  private endNotices: (() => void) | undefined;
  private stopping: Promise<void> | undefined;

  constructor(private readonly parts: BridgeParts) {
    const { config, token, clock, random, log, version } = parts;
    const { namespace } = config.bridge;
    const source = randomUUID();
    this.store = new Store(clock);
    const history = new History(this.store);
    const phones = new PhoneSide(config, this.store);
    const { binding } = phones.layout;
    this.tokens = keptToken({ config, token, clock, random, log, revoked: () => void this.mesh.stop() });
    this.mesh = this.buildMesh();
    const layout = () => phones.layout.layout();
    const publisher = (sink: FrameSink, parts: Pick<PublisherParts, 'history' | 'topology' | 'frameBytes'>) =>
      new Publisher({
        store: this.store,
        sink,
        namespace,
        source,
        clock,
        log: log.child({ part: 'frames' }),
        deck: () => phones.deck(),
        controls: () => phones.snapshot.controls(),
        ...(binding && { bound: binding.frames }),
        maxHz: config.publish.maxHz,
        policies: policiesOf(config),
        keyframeMs: config.publish.keyframe,
        trendMs: config.publish.trend,
        ...parts,
      });
    this.publisher = publisher(this.mesh, {
      history,
      topology: () => phones.topology(this.mesh.relayId),
      // Base64 makes a sealed frame a third larger.
      ...(config.relay.roomKey === undefined ? {} : { frameBytes: 48 * 1024 }),
    });
    this.fleet = this.buildFleet();
    this.derived = new Derived(formulasOf(config.derived), this.store);
    const part = log.child({ part: 'commands' });
    const { store, fleet } = this;
    const { openRelay } = parts;
    this.safety = new Safety({ config, fleet, store, desired: new DesiredInMemory(), openRelay, clock, log: part });
    const { rules } = this.safety;
    this.commands = new Commands(rules);
    this.router = new Router({
      namespace,
      source,
      rules,
      commands: this.commands,
      publisher: this.publisher,
      isOurPhone: (dynamic) => phones.snapshot.isFor(dynamic),
      tell: (entry) => this.tell(entry),
      ...(binding && { binding }),
      log: part,
    });
    this.safety.begin(this.router);
    const { router, mesh } = this;
    this.requests = new Requests({ namespace, version, devices: fleet.devices, store, history, router, layout, clock });
    const push = new PhonePush({ channel: config.relay.channel, layout, mesh, publisher: this.publisher, clock });
    const handlers = controlHandlers({
      fleet,
      store,
      router,
      commands: this.commands,
      phoneLayout: phones.layout,
      push,
      clock,
      version,
      relay: mesh,
      panelLink: (role) => this.panel?.link(role),
      pairing: parts.pairing,
    });
    this.control = new ControlServer(config.bridge.stateDir, handlers, clock, log.child({ part: 'control' }));
    const past = { keys: () => history.keys(), get: (device: string, point: string) => history.get(device, point) };
    this.panel = this.buildPanel(phones.layout, push, (sink) => {
      const own = publisher(sink, { history: past, topology: () => phones.topology('bridge') });
      return { publisher: own, router: router.on(own) };
    });
    if (binding) watchBinding(binding, namespace, this.store, log.child({ part: 'layout' }));
    this.store.subscribe({
      health: (device, health) => {
        this.tell({ level: health === 'online' ? 'info' : 'warn', text: `${device}: ${health}` });
      },
    });
  }

  /** Starts everything; throws `control/…` where another bridge runs here already. */
  async start(): Promise<void> {
    await this.control.start();
    this.publisher.start();
    this.derived.start();
    this.endNotices = startNotices({ ...this.parts, store: this.store, estop: this.safety.rules.estop });
    if (this.tokens) void this.tokens.begin().then((known) => known && this.mesh.start());
    else this.mesh.start();
    this.fleet.start();
    await this.panel?.start();
  }

  /** Stops everything in order: no more commands, outputs safe, a last word, everything closed. Takes at most 1.8 s. */
  stop(): Promise<void> {
    this.stopping ??= this.stopInOrder();
    return this.stopping;
  }

  private async stopInOrder(): Promise<void> {
    const { clock, log } = this.parts;
    const late = () => new BridgeError('bridge/slow-stop', 'not everything stopped in time');
    const orderly = async () => {
      this.commands.close();
      this.safety.close();
      this.endNotices?.();
      this.tokens?.stop();
      await this.fleet.safeAll('offline', 'the bridge is stopping');
      await Promise.all([this.publisher.lastFrames(), this.panel?.lastFrames(), this.fleet.stop()]);
      this.publisher.stop();
      this.derived.stop();
      await Promise.all([this.mesh.stop(), this.panel?.stop()]);
      await this.control.stop();
    };
    await deadline(clock, STOP_MS, orderly(), late).catch((error: unknown) => log.error({}, describeError(error)));
  }

  private buildMesh(): MeshClient {
    const { tokens } = this;
    return joinRelay(
      { ...this.parts, tokens },
      {
        up: () => {
          this.safety.relayUp();
          this.publisher.up();
          this.panel?.relayChanged();
        },
        down: () => {
          if (!this.stopping) this.safety.relayDown();
          this.publisher.down();
          this.panel?.relayChanged();
        },
        refused: () => tokens?.refusedByRelay(),
        broadcast: (payload, sealed) => this.router.handle(payload, sealed),
        request: (type, payload, answer, sealed) => {
          if (!this.requests.knows(type)) return false;
          void this.requests.answer(type, payload, sealed ? 'sealed' : 'plain').then(answer);
          return true;
        },
        reply: (send) => this.publisher.reply(send),
      },
    );
  }

  /** A line for the log consoles of all layouts. */
  private tell(entry: LogEntry): void {
    this.publisher.log(entry);
    this.panel?.tell(entry);
  }

  private buildPanel(phoneLayout: PhoneLayout, push: PhonePush, open: LocalPanelParts['open']): LocalPanel | undefined {
    const { config, panel: options, pairing, lines = new LogRing(), relayUrl, version, clock, log } = this.parts;
    if (!options) return undefined;
    const { name, namespace, stateDir } = config.bridge;
    const { fleet, store, mesh, requests, commands } = this;
    const relay = { url: parseRelayUrl(relayUrl).display, channel: config.relay.channel, ready: () => mesh.ready };
    const bridge = { name, namespace, version, relay, audit: commands.audit };
    const desk = new Desk({ fleet, store, phoneLayout, ...bridge, pairing, push, log: lines, clock });
    return new LocalPanel({ options, stateDir, desk, requests, open, clock, log: log.child({ part: 'panel' }) });
  }

  private buildFleet(): Fleet {
    const { config, drivers, clock, random, log, ports, pins } = this.parts;
    const { devices, discover, bridge, safety } = config;
    const { store } = this;
    const { stateDir } = bridge;
    const interlocks = safety.interlocks.map(({ outputs }) => outputs);
    return new Fleet({ devices, drivers, interlocks, discover, stateDir, ports, pins, store, clock, random, log });
  }
}
