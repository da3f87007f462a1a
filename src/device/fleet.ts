import { BridgeError } from '../error.js';
import { type Files, KernelFiles } from '../port/kernel-files.js';
import { DERIVED } from '../state/derived.js';
import { BoardSearch } from './board-search.js';
import { Boards, type ShownPoints } from './boards.js';
import { Device } from './device.js';
import type { DriverKind } from './driver-kind.js';
import { type FleetChange, fleetChange } from './fleet-change.js';
import type { FleetParts, FleetWishes } from './fleet-parts.js';
import { isDescribed } from './manifest.js';
import { type OwnDriver, ownDriver, ownDrivers, plansOf } from './own-driver.js';
import { PortClaims } from './port-claims.js';
import { PortWishes, portOf } from './port-wishes.js';
import { readingOptionsOf } from './reading-options.js';
import { Welcome } from './welcome.js';

/** All devices: those of the config, and those made of boards that were plugged in. */
export class Fleet {
  private readonly all = new Map<string, Device>();
  /** For boards that are plugged in for the first time. */
  readonly welcome: Welcome;
  private readonly boards: Boards;
  private readonly search: BoardSearch;
  private readonly wishes = new PortWishes();
  private readonly claims: PortClaims;
  private readonly files: Files;
  /** Of the devices of the config. */
  private own: ReadonlyMap<string, OwnDriver>;
  private discover: boolean;
  private interlocks: FleetParts['interlocks'];
  private running = false;

  constructor(private readonly parts: FleetParts) {
    const { devices, discover, interlocks, ports, store, memory, log } = parts;
    this.files = parts.files ?? new KernelFiles(parts.clock);
    this.welcome = new Welcome(parts);
    this.discover = discover;
    this.interlocks = interlocks;
    this.wishes.learn(devices);
    this.claims = new PortClaims(this.wishes.claims, ports);
    const adopt = (id: string, kind: DriverKind, approved: boolean) => this.adopt(id, kind, approved);
    const adopts = () => (this.discover ? adopt : undefined);
    this.boards = new Boards({
      waiting: this.wishes.waiting,
      // Formulas may come with another config, and what follows from them is of no board.
      isTaken: (id) => id === DERIVED || store.devices().includes(id),
      memory: memory.boards,
      openLine: ports.open,
      log,
      get adopt() {
        return adopts();
      },
      consent: (id, approved) => this.all.get(id)?.setApproved(approved),
      welcomesNew: (port) => this.welcome.isFor(port),
      welcomed: (device) => this.welcome.note(device),
      abandon: (id) => void this.abandon(id),
      askAgain: (path) => this.search.again(path),
    });
    const { boards, wishes, claims } = this;
    this.search = new BoardSearch({ ...parts, boards, wishes, claims });
    this.own = ownDrivers(devices, parts);
    for (const [id, driver] of this.own) this.add(id, driver, true);
  }

  /** Every device by id; boards that are plugged in later join the same map. */
  get devices(): ReadonlyMap<string, Device> {
    return this.all;
  }

  start(): void {
    this.running = true;
    for (const device of this.all.values()) device.start();
    this.search.start(this.seeks);
  }

  /** Ends discovery and all devices; resolves when their ports are closed. */
  async stop(): Promise<void> {
    this.running = false;
    await this.search.stop();
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
   * Makes ready to take other entries; what that throws changes nothing. The returned function takes them. A device whose
   * entry is the same goes on untouched; one that is gone or has another entry is put to its safe values and closed, and
   * opened anew where there is still one of its name. A board in its place stays there, unless its device does not wait
   * for one any more: then it is asked anew who it is.
   */
  prepare({ devices, discover, interlocks }: FleetWishes): () => Promise<FleetChange> {
    const own = ownDrivers(devices, { ...this.parts, interlocks });
    return () => {
      const seeksAnew = this.wishes.learn(devices) || discover !== this.discover;
      this.discover = discover;
      this.interlocks = interlocks;
      return this.replace(own, seeksAnew);
    };
  }

  private async replace(own: ReadonlyMap<string, OwnDriver>, seeksAnew: boolean): Promise<FleetChange> {
    const { store } = this.parts;
    const change = fleetChange(plansOf(this.own), plansOf(own));
    const adopted = [...this.all.keys()].filter((id) => !this.own.has(id));
    this.own = own;
    const ousted = [...this.all.keys()].filter(
      (id) => this.claims.on(this.boards.seats.of(id)?.path ?? '') === 'claimed',
    );
    const unwanted = adopted.filter(
      (id) => !this.discover || own.has(id) || ousted.includes(id) || this.boards.isMissedElsewhere(id),
    );
    const leaving = new Set([...change.gone, ...change.changed, ...unwanted]);
    await Promise.all([
      ...[...leaving].map((id) => this.retire(id)),
      ...ousted.map((id) => this.all.get(id)?.safeAll('offline', `the port of ${id} is another device's now`)),
    ]);
    // A board stays in the place of a device that still waits for one of its kind.
    const stays = (id: string) => this.wishes.waiting.get(id) === this.all.get(id)?.kind;
    const approved = new Map([...leaving].filter(stays).map((id) => [id, this.all.get(id)?.approved ?? true]));
    const emptied = [...leaving].filter((id) => !approved.has(id));
    await this.boards.dismiss(leaving, new Set([...emptied, ...ousted]));
    for (const id of leaving) {
      if (own.has(id)) continue;
      this.all.delete(id);
      store.remove(id);
    }
    for (const [id, driver] of own) {
      if (this.all.has(id) && !leaving.has(id)) continue;
      store.anew(id);
      const device = this.add(id, driver, approved.get(id) ?? true);
      if (this.running) device.start();
    }
    if (seeksAnew) await this.search.anew(this.seeks);
    return change;
  }

  /**
   * Lets the outputs of a new board be switched from now on; resolves with whether that is remembered for the next start,
   * or undefined for an unknown device. Rejects with `device/away` where its points are not known now, with `device/changed` where its
   * points are not those that were `shown`.
   */
  async approve(id: string, shown?: ShownPoints): Promise<{ readonly remembered: boolean } | undefined> {
    const device = this.all.get(id);
    if (!device) return undefined;
    if (!device.approved && !isDescribed(this.boards.seats.of(id)?.manifest)) {
      const message = `the board of ${id} has not described its points yet, so nobody knows what would be approved`;
      throw new BridgeError('device/away', message, { hint: 'try again in a moment' });
    }
    const remembering = this.boards.approve(id, shown);
    if (remembering === undefined && !device.approved) {
      const message = `the board of ${id} is away, so nobody knows what would be approved`;
      throw new BridgeError('device/away', message, { hint: 'plug it in first' });
    }
    device.setApproved(true);
    return { remembered: (await remembering) ?? true };
  }

  /** Puts a device's outputs to their safe values and ends it, for good. */
  private async retire(id: string): Promise<void> {
    const device = this.all.get(id);
    if (!device) return;
    device.retired = true;
    await device.safeAll('offline', `${id} is being closed: its config changed`);
    await device.stop();
  }

  /** Ends a device whose board is away, as a new board needs its place. */
  private async abandon(id: string): Promise<void> {
    const device = this.all.get(id);
    await this.retire(id);
    // Another config may have one of its name meanwhile.
    if (!device || this.all.get(id) !== device) return;
    this.all.delete(id);
    this.parts.store.remove(id);
  }

  /** Whether anybody wants boards to be found. */
  private get seeks(): boolean {
    return this.discover || this.wishes.waiting.size > 0;
  }

  private adopt(id: string, kind: DriverKind, approved: boolean): void {
    const baud = this.wishes.bauds.get(kind.kind);
    const options = kind.options.parse({ port: 'auto', ...(baud === undefined ? {} : { baud }) });
    const { interlocks } = this;
    const device = this.add(id, ownDriver(id, { driver: kind.kind, options }, { ...this.parts, interlocks }), approved);
    if (this.running) device.start();
  }

  private add(id: string, { kind, options, outputs, limits, driver }: OwnDriver, approved: boolean): Device {
    const { ports, pins, store, memory, clock, random, log } = this.parts;
    const port = portOf(options);
    const auto = port === 'auto';
    const device = new Device({
      id,
      kind,
      outputs,
      limits,
      driver,
      readings: { points: readingOptionsOf(options), ownLimits: kind.describesItself ?? false },
      openLine: auto ? this.boards.seats.opener(id) : ports.open,
      readText: this.files.reader(),
      pins: pins(id),
      watch: (wake) => {
        if (auto) return this.boards.seats.watch(id, wake);
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
      ...(auto && { meets: (identity) => this.boards.meets(id, identity), seat: () => this.boards.seats.of(id) }),
    });
    this.all.set(id, device);
    return device;
  }
}
