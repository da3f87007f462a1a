import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { wayOf } from './action/command.js';
import { Commands } from './action/commands.js';
import { Requests } from './action/requests.js';
import { Router } from './action/router.js';
import { interlocksOf, Safety } from './action/safety.js';
import { BindingWatch } from './binding-watch.js';
import type { BridgeChange, BridgeParts } from './bridge-parts.js';
import { deadline } from './clock.js';
import { changedSections } from './config/changes.js';
import { formulasOf } from './config/formulas.js';
import type { Config } from './config/schema.js';
import { controlHandlers } from './control/handlers.js';
import { ControlServer } from './control/server.js';
import { Fleet } from './device/fleet.js';
import type { FleetChange } from './device/fleet-change.js';
import { BridgeError, describeError } from './error.js';
import type { Publisher } from './frame/publisher.js';
import type { LogEntry } from './frame/shapes.js';
import type { FrameSink } from './frame/sink.js';
import { Memory } from './memory.js';
import { parseRelayUrl } from './mesh/connection.js';
import type { MetricsServer } from './metrics/server.js';
import { Onlookers } from './onlookers.js';
import { Desk } from './panel/desk.js';
import type { LocalPanel } from './panel/local-panel.js';
import { LogRing } from './panel/log-ring.js';
import { PhonePush } from './phone-push.js';
import { PhoneSide } from './phone-side.js';
import { Publishers } from './publishers.js';
import { RelaySeat, type Seat } from './relay-seat.js';
import { Derived } from './state/derived.js';
import { History } from './state/history.js';
import { Store } from './state/store.js';
import { statusOf } from './status.js';

export type { BridgeChange, BridgeParts } from './bridge-parts.js';

/** The whole stop takes at most this long, whatever confirms. */
const STOP_MS = 1_800;

/** The composition root: builds all parts of a bridge, starts them in order, stops them in order. */
export class Bridge {
  readonly store: Store;
  readonly fleet: Fleet;
  readonly router: Router;
  readonly mesh: Seat;
  readonly publisher: Publisher;
  private readonly phones: PhoneSide;
  private readonly publishers: Publishers;
  private readonly onlookers: Onlookers;
  readonly memory: Memory;
  private readonly commands: Commands;
  private readonly requests: Requests;
  private readonly control: ControlServer;
  private readonly derived: Derived;
  private readonly safety: Safety;
  private stopping: Promise<void> | undefined;
  /** What it went by when it joined the relay where it is. */
  private joined: BridgeParts;
  private readonly binding: BindingWatch;
  /** Configs that were read anew since the start. */
  readonly reloads = { taken: 0, refused: 0 };

  constructor(private parts: BridgeParts) {
    const { config, clock, log, version, source = randomUUID(), lines = new LogRing() } = parts;
    const { namespace } = config.bridge;
    this.joined = parts;
    const store = new Store(clock);
    this.store = store;
    const history = new History(store);
    this.memory = new Memory({ config, store, history, clock, log: log.child({ part: 'memory' }) });
    const phones = new PhoneSide(config, store);
    this.phones = phones;
    this.mesh = this.buildMesh();
    const layout = () => phones.layout.layout();
    const about = { store, history, memory: this.memory, phones, source, clock };
    this.publishers = new Publishers({ ...about, config: () => this.parts.config, log: log.child({ part: 'frames' }) });
    this.publisher = this.publishers.forRelay(this.mesh);
    const wishes = { devices: config.devices, discover: config.discover, interlocks: interlocksOf(config) };
    this.fleet = new Fleet({ ...parts, ...wishes, store, memory: this.memory });
    this.derived = new Derived(formulasOf(config.derived), store, log.child({ part: 'derived' }));
    const { fleet, memory } = this;
    const commandLog = log.child({ part: 'commands' });
    this.safety = new Safety({ ...parts, fleet, store, memory, log: commandLog });
    this.commands = new Commands(this.safety.rules);
    this.router = new Router({
      namespace,
      source,
      rules: this.safety.rules,
      commands: this.commands,
      publisher: this.publisher,
      isOurPhone: (dynamic) => phones.snapshot.isFor(dynamic),
      tell: (entry) => this.tell(entry),
      get binding() {
        return phones.layout.binding;
      },
      log: commandLog,
    });
    this.safety.begin(this.router);
    const { router, mesh, commands, publisher, reloads } = this;
    const { devices } = fleet;
    const requests = new Requests({ namespace, version, devices, store, history, memory, router, layout, clock });
    this.requests = requests;
    const push = new PhonePush({ layout, mesh, publisher, clock });
    const status = statusOf({ fleet, store, memory, relay: mesh, clock, version });
    const pairing = () => this.parts.pairing;
    const asked = { fleet, store, memory, router, commands, phoneLayout: phones.layout, push, clock };
    const handlers = controlHandlers({ ...asked, status, panel: () => this.panel, pairing });
    const controlLog = log.child({ part: 'control' });
    this.control = new ControlServer(config.bridge.stateDir, handlers, clock, controlLog, parts.spareSockets);
    const relay = {
      at: () => ({ url: parseRelayUrl(this.parts.relayUrl).display, channel: this.parts.config.relay.channel }),
      ready: () => mesh.ready,
    };
    const named = { name: config.bridge.name, namespace, version, relay, audit: commands.audit, pairing };
    this.onlookers = new Onlookers({
      given: () => this.parts,
      desk: new Desk({ fleet, store, phoneLayout: phones.layout, ...named, push, log: lines, clock }),
      requests,
      openChannel: (sink) => this.openChannel(sink),
      status,
      counts: { fleet, memory, mesh, reloads, commands, publisher, requests },
      store,
      estop: this.safety.rules.estop,
    });
    this.binding = new BindingWatch(phones, namespace, store, log.child({ part: 'layout' }));
    this.binding.renew();
    this.store.subscribe({
      health: (device, health) => {
        this.tell({ level: health === 'online' ? 'info' : 'warn', text: `${device}: ${health}` });
      },
    });
  }

  /** What it goes by now. */
  get config(): Config {
    return this.parts.config;
  }

  /** The local web page; undefined where there is none. */
  get panel(): LocalPanel | undefined {
    return this.onlookers.panel;
  }

  /** The server of the metrics; undefined where there is none. */
  get metrics(): MetricsServer | undefined {
    return this.onlookers.metrics;
  }

  /** Starts everything; throws `control/…` where another bridge runs here already. */
  async start(): Promise<void> {
    await this.control.start();
    this.memory.start();
    this.publisher.start();
    this.derived.start();
    this.mesh.start();
    this.fleet.start();
    await this.onlookers.start();
  }

  /**
   * Takes a changed config, with the same name, namespace and folder: only what it changes is closed and begun anew, and
   * devices whose entries are the same keep their sessions. Resolves with what became of devices.
   */
  async reload(change: BridgeChange): Promise<FleetChange> {
    const before = { ...this.parts, shape: this.publishers.shape() };
    const { config, openRelay, panel } = change;
    const sections = changedSections(before.config, config);
    const replaceDevices = this.fleet.prepare({ ...config, interlocks: interlocksOf(config) });
    const formulas = formulasOf(config.derived);
    this.parts = { ...this.parts, ...change };
    // An earlier change may not have come as far as that.
    const moves = !isDeepStrictEqual(placeOf(this.parts), placeOf(this.joined));
    this.safety.take(config, openRelay, moves);
    this.memory.take(config);
    const devices = await replaceDevices();
    if (sections.has('derived')) this.derived.replace(formulas);
    if (moves || sections.has('layout')) this.phones.take(config);
    if (sections.has('layout')) this.binding.renew();
    if (moves) {
      await this.publisher.farewell();
      await this.mesh.move(this.parts);
      this.joined = this.parts;
      this.safety.arrive();
    }
    const shape = this.publishers.shape();
    const reshaped = moves || !isDeepStrictEqual(shape, before.shape);
    if (reshaped) this.publisher.reshape(shape);
    await this.onlookers.renew({ sections, panel: !isDeepStrictEqual(panel, before.panel), reshaped });
    return devices;
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
      this.onlookers.quiet();
      this.mesh.endRenewal();
      await this.fleet.safeAll('offline', 'the bridge is stopping');
      // A device that does not let go of its port must not cost what is to be remembered.
      const { publisher, onlookers, fleet, memory } = this;
      await Promise.all([publisher.lastFrames(), onlookers.lastFrames(), fleet.stop(), memory.close()]);
      publisher.stop();
      this.derived.stop();
      await Promise.all([this.mesh.stop(), onlookers.stop()]);
      await this.control.stop();
    };
    await deadline(clock, STOP_MS, orderly(), late).catch((error: unknown) => log.error({}, describeError(error)));
  }

  private buildMesh(): Seat {
    const { seat = (parts, handlers) => new RelaySeat(parts, handlers) } = this.parts;
    const parts = { ...this.parts, replay: this.memory.replay.memory };
    return seat(parts, {
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
      broadcast: (payload, sealed) => this.router.handle(payload, sealed, this.mesh.late),
      request: (type, payload, answer, sealed) =>
        this.requests.route(type, payload, answer, wayOf(sealed, this.mesh.late)),
      reply: (send) => this.publisher.reply(send),
    });
  }

  /** A line for the log consoles of all layouts. */
  private tell(entry: LogEntry): void {
    this.publisher.log(entry);
    this.panel?.tell(entry);
  }

  /** A channel of its own for a page of the panel. */
  private openChannel(sink: FrameSink) {
    const publisher = this.publishers.forPage(sink);
    return { publisher, router: this.router.on(publisher) };
  }
}

/** Which relay a bridge is on, and as whom. */
function placeOf({ config, relayUrl, token, trust, dial }: BridgeParts): unknown[] {
  return [config.relay, relayUrl, token, trust, dial];
}
