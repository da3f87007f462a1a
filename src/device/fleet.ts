import { join } from 'node:path';
import type { Clock } from '../clock.js';
import { BridgeError } from '../error.js';
import { FailureLog } from '../failure-log.js';
import type { Log } from '../log.js';
import { KernelFiles } from '../port/kernel-files.js';
import type { PortAddress } from '../port/line-link.js';
import type { PinsOf } from '../port/pin.js';
import type { Ports } from '../port/ports.js';
import { StateFile } from '../state/state-file.js';
import type { Store } from '../state/store.js';
import { BoardMemory } from './board-memory.js';
import { Boards } from './boards.js';
import { Device } from './device.js';
import { Discovery } from './discovery.js';
import type { DriverKind, DriverRegister } from './driver-kind.js';
import { limitsOf } from './output-limits.js';
import { outputOptionsOf } from './output-options.js';
import { PortClaims } from './port-claims.js';
import { readingOptionsOf } from './reading-options.js';
import type { Tallies } from './tallies.js';

/** What a fleet goes by that was so before the start. */
export interface FleetMemory {
  /** True while the emergency stop is latched. */
  stopped(): boolean;
  /** What the driver of a device counts. */
  tallies(device: string): Tallies;
}

/** What a fleet is built from. */
export interface FleetParts {
  /** The devices of the config by id. */
  devices: ReadonlyMap<string, { readonly driver: string; readonly options: unknown }>;
  drivers: DriverRegister;
  /** Groups of outputs, as `device.point`, of which at most one is on. */
  interlocks: readonly (readonly string[])[];
  /** True: boards that no device of the config waits for become devices too, their outputs waiting for approval. */
  discover: boolean;
  /** Where it is remembered which board is which. */
  stateDir: string;
  ports: Ports;
  pins: PinsOf;
  store: Store;
  memory: FleetMemory;
  clock: Clock;
  random: () => number;
  log: Log;
}

/** All devices: those of the config, and those made of boards that were plugged in. */
export class Fleet {
  private readonly all = new Map<string, Device>();
  private readonly boards: Boards;
  private readonly discovery: Discovery | undefined;
  /** Bits per second at which to look for boards, by kind, where all devices that wait for one agree. */
  private readonly bauds = new Map<string, number>();
  private readonly files: KernelFiles;
  private running = false;

  constructor(private readonly parts: FleetParts) {
    const { devices, drivers, discover, ports, store, clock, log } = parts;
    this.files = new KernelFiles(clock);
    const waiting = new Map<string, string>();
    const claims: PortAddress[] = [];
    for (const [id, { driver, options }] of devices) {
      const port = portOf(options);
      if (port === 'auto') waiting.set(id, driver);
      else if (port !== undefined) claims.push(port);
    }
    for (const kind of new Set(waiting.values())) {
      const bauds = [...devices.values()].filter((d) => d.driver === kind).flatMap((d) => baudWhereAuto(d.options));
      const [baud, ...others] = new Set(bauds);
      if (baud !== undefined && others.length === 0) this.bauds.set(kind, baud);
    }
    this.boards = new Boards({
      waiting,
      isTaken: (id) => store.devices().includes(id),
      memory: new BoardMemory(new StateFile(join(parts.stateDir, 'boards.json'), log)),
      openLine: ports.open,
      log,
      adopt: discover ? (id, kind, approved) => this.adopt(id, kind, approved) : undefined,
      consent: (id, approved) => this.all.get(id)?.setApproved(approved),
      askAgain: (path) => this.discovery?.again(path),
    });
    for (const [id, { driver, options }] of devices) {
      const kind = drivers.get(driver);
      if (!kind) throw new BridgeError('config/driver', `${id}: unknown driver ${driver}`);
      this.add(id, kind, options, true);
    }
    if (discover || waiting.size > 0) {
      const claimed = new PortClaims(claims, ports);
      this.discovery = new Discovery({
        kinds: [...drivers.values()].filter((kind) => kind.probe),
        listPorts: ports.list,
        watchPorts: ports.watchList,
        nodeOf: ports.nodeOf,
        claimOn: (path) => claimed.on(path),
        holders: ports.holders,
        bauds: this.bauds,
        isWanted: () => this.boards.wanted,
        openLine: ports.open,
        clock,
        log,
        failures: new FailureLog(log, clock),
        found: (board) => this.boards.found(board),
        settled: () => this.boards.settled(),
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
    await this.boards.stop();
  }

  /** Puts every output to its safe value; resolves with the outputs, as `device.point`, that did not confirm. */
  async safeAll(code: 'estop' | 'offline', message: string): Promise<string[]> {
    const stopping = [...this.all.values()].map(async (device) => {
      const points = await device.safeAll(code, message);
      return points.map((point) => `${device.id}.${point}`);
    });
    return (await Promise.all(stopping)).flat();
  }

  /**
   * Lets the outputs of a new board be switched from now on; resolves with whether that is remembered for the next start,
   * or undefined for an unknown device.
   */
  async approve(id: string): Promise<{ readonly remembered: boolean } | undefined> {
    const device = this.all.get(id);
    if (!device) return undefined;
    device.setApproved(true);
    return { remembered: await this.boards.approve(id) };
  }

  private adopt(id: string, kind: DriverKind, approved: boolean): void {
    const baud = this.bauds.get(kind.kind);
    const options = kind.options.parse({ port: 'auto', ...(baud === undefined ? {} : { baud }) });
    const device = this.add(id, kind, options, approved);
    if (this.running) device.start();
  }

  private add(id: string, kind: DriverKind, options: unknown, approved: boolean): Device {
    const { ports, pins, store, memory, clock, random, log } = this.parts;
    const port = portOf(options);
    const auto = port === 'auto';
    const outputs = outputOptionsOf(options);
    const device = new Device({
      id,
      kind,
      outputs,
      limits: limitsOf(id, outputs, this.parts.interlocks),
      driver: kind.create(options),
      readings: { points: readingOptionsOf(options), ownLimits: kind.describesItself ?? false },
      openLine: auto ? this.boards.opener(id) : ports.open,
      readText: this.files.reader(),
      pins: pins(id),
      watch: (wake) => {
        if (auto) return this.boards.watch(id, wake);
        return port === undefined ? () => {} : ports.watch(port, wake);
      },
      ...(ports.supply && { supply: ports.supply }),
      store,
      stopped: () => memory.stopped(),
      tallies: memory.tallies(id),
      clock,
      random,
      log,
      approved,
      ...(auto && { meets: (identity) => this.boards.meets(id, identity) }),
    });
    this.all.set(id, device);
    return device;
  }
}

/** The port that a device's options name, where they do; `auto` for a board that is found by asking. */
function portOf(options: unknown): PortAddress | undefined {
  const port = (options as { port?: unknown } | null)?.port;
  return typeof port === 'string' || (typeof port === 'object' && port !== null) ? (port as PortAddress) : undefined;
}

/** The baud rate of a device whose board is found by asking; empty for any other. */
function baudWhereAuto(options: unknown): number[] {
  const { port, baud } = (options ?? {}) as { port?: unknown; baud?: unknown };
  return port === 'auto' && typeof baud === 'number' ? [baud] : [];
}
