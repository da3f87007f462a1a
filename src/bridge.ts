import { randomBytes, randomUUID } from 'node:crypto';
import { Commands } from './action/commands.js';
import { EmergencyStop } from './action/estop.js';
import { Interlock } from './action/interlock.js';
import { Requests } from './action/requests.js';
import { Router } from './action/router.js';
import type { Rules } from './action/validate.js';
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
import { Publisher } from './frame/publisher.js';
import { deck } from './layout/deck.js';
import { topology } from './layout/topology.js';
import type { Log } from './log.js';
import { MeshClient } from './mesh/client.js';
import { roomCipher } from './mesh/e2ee.js';
import type { JsonObject } from './mesh/frame.js';
import { type KnownDevices, PhoneLayout } from './phone-layout.js';
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
  /** True: anybody can be on the relay and nobody said that this is all right. */
  openRelay: boolean;
  drivers: DriverRegister;
  version: string;
  clock: Clock;
  random: () => number;
  log: Log;
  ports: Ports;
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
  private readonly commands: Commands;
  private readonly requests: Requests;
  private readonly control: ControlServer;
  private readonly derived: Derived;
  private stopping: Promise<void> | undefined;

  constructor(private readonly parts: BridgeParts) {
    const { config, clock, log, version } = parts;
    const { namespace } = config.bridge;
    const source = randomUUID();
    this.store = new Store(clock);
    const history = new History(this.store);
    const phoneLayout = new PhoneLayout(config, () => this.devices());
    const { binding } = phoneLayout;
    this.mesh = this.buildMesh();
    this.publisher = new Publisher({
      store: this.store,
      sink: this.mesh,
      namespace,
      source,
      clock,
      log: log.child({ part: 'frames' }),
      history,
      deck: () => deck(this.store, namespace),
      topology: () => this.topology(),
      ...(binding && { bound: binding.frames }),
      maxHz: config.publish.maxHz,
      policies: policiesOf(config),
      keyframeMs: config.publish.keyframe,
      trendMs: config.publish.trend,
      // Base64 makes a sealed frame a third larger.
      ...(config.relay.roomKey === undefined ? {} : { frameBytes: 48 * 1024 }),
    });
    this.fleet = this.buildFleet();
    this.derived = new Derived(formulasOf(config.derived), this.store);
    const rules = this.buildRules();
    this.commands = new Commands(rules);
    this.router = new Router({
      namespace,
      source,
      rules,
      commands: this.commands,
      publisher: this.publisher,
      ...(binding && { binding }),
      log: log.child({ part: 'commands' }),
    });
    const { store, router, fleet, mesh } = this;
    const { devices } = fleet;
    const layout = () => phoneLayout.layout();
    this.requests = new Requests({ namespace, version, devices, store, history, router, layout, clock });
    const handlers = controlHandlers({ fleet, store, router, phoneLayout, clock, version, relay: mesh });
    this.control = new ControlServer(config.bridge.stateDir, handlers, clock, log.child({ part: 'control' }));
    if (binding) watchBinding(binding, namespace, this.store, log.child({ part: 'layout' }));
    this.store.subscribe({
      health: (device, health) => {
        this.publisher.log({ level: health === 'online' ? 'info' : 'warn', text: `${device}: ${health}` });
      },
    });
  }

  /** Starts everything; throws `control/…` where another bridge runs here already. */
  async start(): Promise<void> {
    await this.control.start();
    this.publisher.start();
    this.mesh.start();
    this.derived.start();
    this.fleet.start();
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
      await this.fleet.safeAll('offline', 'the bridge is stopping');
      await Promise.all([this.publisher.lastFrames(), this.fleet.stop()]);
      this.publisher.stop();
      this.derived.stop();
      await this.mesh.stop();
      await this.control.stop();
    };
    await deadline(clock, STOP_MS, orderly(), late).catch((error: unknown) => log.error({}, describeError(error)));
  }

  private buildMesh(): MeshClient {
    const { config, relayUrl, token, clock, random, log } = this.parts;
    const { name } = config.bridge;
    const { channel, roomKey } = config.relay;
    const cipher = roomKey === undefined ? {} : { cipher: roomCipher(roomKey, { channel, name, clock, randomBytes }) };
    return new MeshClient(
      {
        url: relayUrl,
        name,
        channel,
        ...(token === undefined ? {} : { token }),
        ...cipher,
        clock,
        random,
        log: log.child({ part: 'relay' }),
      },
      {
        up: () => this.publisher.up(),
        down: () => this.publisher.down(),
        broadcast: (payload, sealed) => this.router.handle(payload, sealed),
        request: (type, payload, answer, sealed) => {
          if (!this.requests.knows(type)) return false;
          void this.requests.answer(type, payload, sealed).then(answer);
          return true;
        },
        reply: (send) => this.publisher.reply(send),
      },
    );
  }

  /** Devices with the points that they have said by now. */
  private devices(): KnownDevices {
    const { store } = this;
    return store.devices().map((id) => ({ id, points: [...store.points(id).values()].map(({ spec }) => spec) }));
  }

  private topology(): JsonObject {
    const { namespace, name } = this.parts.config.bridge;
    const devices = this.store.devices().map((id) => ({ id, health: this.store.health(id) ?? 'offline' }));
    return topology({ namespace, name, relayId: this.mesh.relayId, devices });
  }

  private buildFleet(): Fleet {
    const { config, drivers, clock, random, log, ports, pins } = this.parts;
    const { devices, discover, bridge } = config;
    const { store } = this;
    return new Fleet({ devices, drivers, discover, stateDir: bridge.stateDir, ports, pins, store, clock, random, log });
  }

  private buildRules(): Rules {
    const { config, clock, openRelay } = this.parts;
    return {
      fleet: this.fleet,
      store: this.store,
      access: {
        defaultRole: config.security.defaultRole,
        phones: config.security.phones,
        openRelay,
        sealedOnly: config.relay.roomKey !== undefined,
      },
      estop: new EmergencyStop(this.store),
      interlock: new Interlock(config.safety.interlocks, this.store),
      clock,
    };
  }
}
