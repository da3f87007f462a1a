import { join } from 'node:path';
import type { Clock } from '../clock.js';
import { BridgeError } from '../error.js';
import { FailureLog } from '../failure-log.js';
import type { Log } from '../log.js';
import type { PortAddress } from '../port/line-link.js';
import type { Ports } from '../port/ports.js';
import { StateFile } from '../state/state-file.js';
import type { Store } from '../state/store.js';
import { BoardMemory } from './board-memory.js';
import { Boards } from './boards.js';
import { Device } from './device.js';
import { Discovery } from './discovery.js';
import type { DriverKind, DriverRegister } from './driver-kind.js';

/** What a fleet is built from. */
export interface FleetParts {
  /** The devices of the config by id. */
  devices: ReadonlyMap<string, { readonly driver: string; readonly options: unknown }>;
  drivers: DriverRegister;
  /** True: boards that no device of the config waits for become devices too, their outputs waiting for approval. */
  discover: boolean;
  /** Where it is remembered which board is which. */
  stateDir: string;
  ports: Ports;
  store: Store;
  clock: Clock;
  random: () => number;
  log: Log;
}

/** All devices: those of the config, and those made of boards that were plugged in. */
export class Fleet {
  private readonly all = new Map<string, Device>();
  private readonly boards: Boards;
  private readonly discovery: Discovery | undefined;
  private readonly claims: PortAddress[] = [];
  private running = false;

  constructor(private readonly parts: FleetParts) {
    const { devices, drivers, discover, ports, store, clock, log } = parts;
    const waiting = new Map<string, string>();
    for (const [id, { driver, options }] of devices) {
      const port = portOf(options);
      if (port === 'auto') waiting.set(id, driver);
      else if (port !== undefined) this.claims.push(port);
    }
    this.boards = new Boards({
      waiting,
      isTaken: (id) => store.devices().includes(id),
      memory: new BoardMemory(new StateFile(join(parts.stateDir, 'boards.json'), log)),
      openLine: ports.open,
      log,
      adopt: discover ? (id, kind, approved) => this.adopt(id, kind, approved) : undefined,
    });
    for (const [id, { driver, options }] of devices) {
      const kind = drivers.get(driver);
      if (!kind) throw new BridgeError('config/driver', `${id}: unknown driver ${driver}`);
      this.add(id, kind, options, true);
    }
    if (discover || waiting.size > 0) {
      this.discovery = new Discovery({
        kinds: [...drivers.values()].filter((kind) => kind.probe),
        listPorts: ports.list,
        watchPorts: ports.watchList,
        isClaimed: (path) => this.isClaimed(path),
        openLine: ports.open,
        clock,
        log,
        failures: new FailureLog(log, clock),
        found: (found) => this.boards.found(found),
        gone: (path) => this.boards.gone(path),
      });
    }
  }

  /** Every device by id; boards that are plugged in later join the same map. */
  get devices(): ReadonlyMap<string, Device> {
    return this.all;
  }

  start(): void {
    this.running = true;
    for (const device of this.all.values()) device.start();
    this.discovery?.start();
  }

  /** Ends discovery and all devices; resolves when their ports are closed. */
  async stop(): Promise<void> {
    this.running = false;
    await this.discovery?.stop();
    await Promise.all([...this.all.values()].map((device) => device.stop()));
  }

  /** Puts every output to its safe value; resolves with the outputs, as `device.point`, that did not confirm. */
  async safeAll(code: 'estop' | 'offline', message: string): Promise<string[]> {
    const stopping = [...this.all.values()].map(async (device) => {
      const points = await device.safeAll(code, message);
      return points.map((point) => `${device.id}.${point}`);
    });
    return (await Promise.all(stopping)).flat();
  }

  /** Lets the outputs of a new board be switched, from now on and after the next start; false for an unknown device. */
  async approve(id: string): Promise<boolean> {
    const device = this.all.get(id);
    if (!device) return false;
    device.approve();
    await this.boards.approve(id);
    return true;
  }

  private adopt(id: string, kind: DriverKind, approved: boolean): void {
    const device = this.add(id, kind, kind.options.parse({ port: 'auto' }), approved);
    if (this.running) device.start();
  }

  private add(id: string, kind: DriverKind, options: unknown, approved: boolean): Device {
    const { ports, store, clock, random, log } = this.parts;
    const port = portOf(options);
    const auto = port === 'auto';
    const device = new Device({
      id,
      kind,
      driver: kind.create(options),
      openLine: auto ? this.boards.opener(id) : ports.open,
      watch: (wake) => {
        if (auto) return this.boards.watch(id, wake);
        return port === undefined ? () => {} : ports.watch(port, wake);
      },
      store,
      clock,
      random,
      log,
      approved,
    });
    this.all.set(id, device);
    return device;
  }

  private isClaimed(path: string): boolean {
    return this.claims.some((port) => {
      try {
        return this.parts.ports.resolve(port) === path;
      } catch {
        // Not plugged in: no claim on what is.
        return false;
      }
    });
  }
}

/** The port that a device's options name, where they do; `auto` for a board that is found by asking. */
function portOf(options: unknown): PortAddress | undefined {
  const port = (options as { port?: unknown } | null)?.port;
  return typeof port === 'string' || (typeof port === 'object' && port !== null) ? (port as PortAddress) : undefined;
}
