import { randomUUID } from 'node:crypto';
import { Commands } from './action/commands.js';
import { Requests } from './action/requests.js';
import { Router } from './action/router.js';
import { Safety } from './action/safety.js';
import { watchBinding } from './binding-watch.js';
import type { BridgeParts } from './bridge-parts.js';
import { deadline } from './clock.js';
import { formulasOf } from './config/formulas.js';
import { policiesOf } from './config/policies.js';
import { controlHandlers } from './control/handlers.js';
import { ControlServer } from './control/server.js';
import { Fleet } from './device/fleet.js';
import { BridgeError, describeError } from './error.js';
import { Publisher, type PublisherParts } from './frame/publisher.js';
import type { LogEntry } from './frame/shapes.js';
import type { FrameSink } from './frame/sink.js';
import { keptToken } from './kept-token.js';
import { Memory } from './memory.js';
import type { MeshClient } from './mesh/client.js';
import { parseRelayUrl } from './mesh/connection.js';
import type { DeviceToken } from './mesh/device-token.js';
import { joinRelay } from './mesh-side.js';
import { MetricsServer } from './metrics/server.js';
import { Desk } from './panel/desk.js';
import { LocalPanel, type LocalPanelParts } from './panel/local-panel.js';
import { LogRing } from './panel/log-ring.js';
import type { PhoneLayout } from './phone-layout.js';
import { PhonePush } from './phone-push.js';
import { PhoneSide } from './phone-side.js';
import { Derived } from './state/derived.js';
import { History } from './state/history.js';
import { Store } from './state/store.js';
import { statusOf } from './status.js';

export type { BridgeParts } from './bridge-parts.js';

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
  readonly metrics: MetricsServer | undefined;
  private readonly memory: Memory;
  private readonly tokens: DeviceToken | undefined;
  private readonly commands: Commands;
  private readonly requests: Requests;
  private readonly control: ControlServer;
  private readonly derived: Derived;
  private readonly safety: Safety;
  private stopping: Promise<void> | undefined;

  constructor(private readonly parts: BridgeParts) {
    const { config, token, clock, random, log, version, hostname } = parts;
    const { namespace } = config.bridge;
    const source = randomUUID();
    this.store = new Store(clock);
    const history = new History(this.store);
    const past = { keys: () => history.keys(), get: (device: string, point: string) => history.get(device, point) };
    this.memory = new Memory({ config, store: this.store, history, clock, log: log.child({ part: 'memory' }) });
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
      history: { ...past, sample: () => this.memory.sample() },
      topology: () => phones.topology(this.mesh.relayId),
      // Base64 makes a sealed frame a third larger.
      ...(config.relay.roomKey === undefined ? {} : { frameBytes: 48 * 1024 }),
    });
    this.fleet = this.buildFleet();
    this.derived = new Derived(formulasOf(config.derived), this.store);
    const part = log.child({ part: 'commands' });
    const { store, fleet, memory } = this;
    const { openRelay } = parts;
    this.safety = new Safety({ config, fleet, store, memory, openRelay, clock, log: part });
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
    const { devices } = fleet;
    this.requests = new Requests({ namespace, version, devices, store, history, memory, router, layout, clock });
    const push = new PhonePush({ channel: config.relay.channel, layout, mesh, publisher: this.publisher, clock });
    const status = statusOf({ fleet, store, memory, relay: mesh, clock, version });
    const handlers = controlHandlers({
      fleet,
      store,
      memory,
      router,
      commands: this.commands,
      phoneLayout: phones.layout,
      push,
      clock,
      status,
      panelLink: () => this.panel?.link(),
      pairing: parts.pairing,
    });
    this.control = new ControlServer(config.bridge.stateDir, handlers, clock, log.child({ part: 'control' }));
    this.panel = this.buildPanel(phones.layout, push, (sink) => {
      const own = publisher(sink, { history: past, topology: () => phones.topology('bridge') });
      return { publisher: own, router: router.on(own) };
    });
    if (config.metrics) {
      const counts = { fleet, commands: this.commands, publisher: this.publisher, mesh };
      const parts = { status, counts, clock, log: log.child({ part: 'metrics' }) };
      this.metrics = new MetricsServer({ ...config.metrics, hostname, ...parts });
    }
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
    this.memory.start();
    this.publisher.start();
    this.derived.start();
    if (this.tokens) void this.tokens.begin().then((known) => known && this.mesh.start());
    else this.mesh.start();
    this.fleet.start();
    await Promise.all([this.panel?.start(), this.metrics?.start()]);
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
      this.tokens?.stop();
      await this.fleet.safeAll('offline', 'the bridge is stopping');
      await Promise.all([this.publisher.lastFrames(), this.panel?.lastFrames(), this.fleet.stop()]);
      this.publisher.stop();
      this.derived.stop();
      await Promise.all([this.mesh.stop(), this.panel?.stop(), this.metrics?.stop(), this.memory.close()]);
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
          if (this.memory.latch.closed) this.publisher.log({ level: 'error', text: 'the emergency stop is latched' });
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
    const { fleet, store, mesh, requests } = this;
    const relay = { url: parseRelayUrl(relayUrl).display, channel: config.relay.channel, ready: () => mesh.ready };
    const bridge = { name, namespace, version, relay };
    const desk = new Desk({ fleet, store, phoneLayout, ...bridge, pairing, push, log: lines, clock });
    return new LocalPanel({ options, stateDir, desk, requests, open, clock, log: log.child({ part: 'panel' }) });
  }

  private buildFleet(): Fleet {
    const { devices, discover, bridge, safety } = this.parts.config;
    const { store, memory } = this;
    const interlocks = safety.interlocks.map(({ outputs }) => outputs);
    return new Fleet({ ...this.parts, interlocks, devices, discover, stateDir: bridge.stateDir, store, memory });
  }
}
