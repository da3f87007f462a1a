import { join } from 'node:path';
import type { Clock } from '../clock.js';
import { BridgeError } from '../error.js';
import { FailureLog } from '../failure-log.js';
import type { Log } from '../log.js';
import { KernelFiles } from '../port/kernel-files.js';
import type { PinsOf } from '../port/pin.js';
import type { Ports } from '../port/ports.js';
import { StateFile } from '../state/state-file.js';
import type { Store } from '../state/store.js';
import { BOARDS_FILE, BoardMemory } from './board-memory.js';
import { Boards } from './boards.js';
import { Device } from './device.js';
import { Discovery } from './discovery.js';
import type { DeviceDriver } from './driver.js';
import type { DriverKind, DriverRegister } from './driver-kind.js';
import { type DeviceEntries, type FleetChange, fleetChange } from './fleet-change.js';
import { PortClaims } from './port-claims.js';
import { PortWishes, portOf } from './port-wishes.js';
import { readingOptionsOf } from './reading-options.js';

/** What a fleet is built from. */
export interface FleetParts {
  devices: DeviceEntries;
  drivers: DriverRegister;
  /** True: boards that no device of the config waits for become devices too, their outputs waiting for approval. */
  discover: boolean;
  /** Where it is remembered which board is which. */
  stateDir: string;
  ports: Ports;
  pins: PinsOf;
  store: Store;
  clock: Clock;
  random: () => number;
  log: Log;
}

/** The driver of a device, with what it was made of. */
interface OwnDriver {
  readonly kind: DriverKind;
  readonly options: unknown;
  readonly driver: DeviceDriver;
}

/** All devices: those of the config, and those made of boards that were plugged in. */
export class Fleet {
  private readonly all = new Map<string, Device>();
  private readonly boards: Boards;
  private discovery: Discovery | undefined;
  private readonly wishes = new PortWishes();
  private readonly claims: PortClaims;
  private readonly files: KernelFiles;
  private entries: DeviceEntries;
  private discover: boolean;
  private running = false;

  constructor(private readonly parts: FleetParts) {
    const { devices, discover, ports, store, clock, log } = parts;
    this.files = new KernelFiles(clock);
    this.entries = devices;
    this.discover = discover;
    this.wishes.learn(devices);
    this.claims = new PortClaims(this.wishes.claims, ports);
    const adopt = (id: string, kind: DriverKind, approved: boolean) => this.adopt(id, kind, approved);
    const adopts = () => (this.discover ? adopt : undefined);
    this.boards = new Boards({
      waiting: this.wishes.waiting,
      isTaken: (id) => store.devices().includes(id),
      memory: new BoardMemory(new StateFile(join(parts.stateDir, BOARDS_FILE), log)),
      openLine: ports.open,
      log,
      get adopt() {
        return adopts();
      },
      consent: (id, approved) => this.all.get(id)?.setApproved(approved),
      askAgain: (path) => this.discovery?.again(path),
    });
    for (const [id, { driver, options }] of devices) this.add(id, this.driverOf(id, driver, options), true);
    this.discovery = this.seek();
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
   * Makes ready to take other entries; what that throws changes nothing. The returned function takes them. A device whose entry is the same goes on untouched; one that is gone
   * or has another entry is put to its safe values and closed, and opened anew where there is still one of its name. A
   * board in its place stays there, unless its device does not wait for one any more: then it is asked anew who it is.
   */
  prepare(devices: DeviceEntries, discover: boolean): () => Promise<FleetChange> {
    const drivers = new Map([...devices].map(([id, { driver, options }]) => [id, this.driverOf(id, driver, options)]));
    return () => this.replace(devices, drivers, discover);
  }

  private async replace(
    devices: DeviceEntries,
    drivers: ReadonlyMap<string, OwnDriver>,
    discover: boolean,
  ): Promise<FleetChange> {
    const { store } = this.parts;
    const change = fleetChange(this.entries, devices);
    const adopted = [...this.all.keys()].filter((id) => !this.entries.has(id));
    const seeksAnew = this.wishes.learn(devices) || discover !== this.discover;
    this.entries = devices;
    this.discover = discover;
    const ousted = [...this.all.keys()].filter((id) => this.claims.on(this.boards.portOf(id) ?? '') === 'claimed');
    const unwanted = adopted.filter(
      (id) => !discover || devices.has(id) || ousted.includes(id) || this.boards.isMissedElsewhere(id),
    );
    const leaving = new Set([...change.gone, ...change.changed, ...unwanted]);
    await Promise.all([
      ...[...leaving].map((id) => this.all.get(id)?.retire(`${id} is being closed: its config changed`)),
      ...ousted.map((id) => this.all.get(id)?.safeAll('offline', `the port of ${id} is another device's now`)),
    ]);
    // A board stays in the place of a device that still waits for one of its kind.
    const stays = (id: string) => this.wishes.waiting.get(id) === this.all.get(id)?.kind;
    const approved = new Map([...leaving].filter(stays).map((id) => [id, this.all.get(id)?.approved ?? true]));
    const emptied = [...leaving].filter((id) => !approved.has(id));
    await this.boards.dismiss(leaving, new Set([...emptied, ...ousted]));
    for (const id of leaving) {
      if (devices.has(id)) continue;
      this.all.delete(id);
      store.remove(id);
    }
    for (const [id, driver] of drivers) {
      if (this.all.has(id) && !leaving.has(id)) continue;
      store.add(id);
      store.describe(id, []);
      const device = this.add(id, driver, approved.get(id) ?? true);
      if (this.running) device.start();
    }
    if (seeksAnew) await this.seekAnew();
    return change;
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

  /** Other ports are claimed, or other devices wait: whoever is at a port that no device has is asked again. */
  private async seekAnew(): Promise<void> {
    const { discovery } = this;
    const wanted = this.discover || this.wishes.waiting.size > 0;
    if (wanted && discovery) discovery.againWhere((path) => !this.boards.has(path));
    else if (wanted) {
      this.discovery = this.seek();
      if (this.running) this.discovery?.start();
    } else if (discovery) {
      this.discovery = undefined;
      await discovery.stop();
      this.boards.settled();
    }
  }

  private driverOf(id: string, name: string, options: unknown): OwnDriver {
    const kind = this.parts.drivers.get(name);
    if (!kind) throw new BridgeError('config/driver', `${id}: unknown driver ${name}`);
    return { kind, options, driver: kind.create(options, this.parts.random) };
  }

  /** What looks for boards; undefined where nobody waits for one. */
  private seek(): Discovery | undefined {
    const { drivers, ports, clock, random, log } = this.parts;
    if (!this.discover && this.wishes.waiting.size === 0) return undefined;
    return new Discovery({
      kinds: [...drivers.values()].filter((kind) => kind.probe),
      listPorts: ports.list,
      watchPorts: ports.watchList,
      nodeOf: ports.nodeOf,
      claimOn: (path) => this.claims.on(path),
      holders: ports.holders,
      bauds: this.wishes.bauds,
      isWanted: () => this.boards.wanted,
      openLine: ports.open,
      clock,
      random,
      log,
      failures: new FailureLog(log, clock),
      found: (board) => this.boards.found(board),
      settled: () => this.boards.settled(),
      gone: (path) => this.boards.gone(path),
    });
  }

  private adopt(id: string, kind: DriverKind, approved: boolean): void {
    const baud = this.wishes.bauds.get(kind.kind);
    const options = kind.options.parse({ port: 'auto', ...(baud === undefined ? {} : { baud }) });
    const driver = kind.create(options, this.parts.random);
    const device = this.add(id, { kind, options, driver }, approved);
    if (this.running) device.start();
  }

  private add(id: string, { kind, options, driver }: OwnDriver, approved: boolean): Device {
    const { ports, pins, store, clock, random, log } = this.parts;
    const port = portOf(options);
    const auto = port === 'auto';
    const device = new Device({
      id,
      kind,
      driver,
      readings: { points: readingOptionsOf(options), ownLimits: kind.describesItself ?? false },
      openLine: auto ? this.boards.opener(id) : ports.open,
      readText: this.files.reader(),
      pins: pins(id),
      watch: (wake) => {
        if (auto) return this.boards.watch(id, wake);
        return port === undefined ? () => {} : ports.watch(port, wake);
      },
      store,
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
