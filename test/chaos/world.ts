import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { boardKindWith } from '../../devices/board/kind.js';
import { BoardSimulator } from '../../devices/board/simulator.js';
import { drivers } from '../../devices/index.js';
import type { PointDescription } from '../../firmware-protocol/message.js';
import { Bridge, type BridgeParts } from '../../src/bridge.js';
import { parseConfig } from '../../src/config/load.js';
import type { DriverRegister } from '../../src/device/driver-kind.js';
import { seededRandom } from '../../src/device/seeded-random.js';
import { type Log, silentLog } from '../../src/log.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { pairingOf } from '../../src/pairing.js';
import { noPins } from '../support/no-pins.js';
import { VirtualClock } from '../support/virtual-clock.js';
import { Cable } from './cable.js';
import { boardDialect, sketchDialect } from './dialect.js';
import { Ledger } from './ledger.js';
import { MemoryJack, memoryPorts } from './memory-ports.js';
import { Network } from './network.js';
import { Orders } from './orders.js';
import { Phone } from './phone.js';
import { MemoryRelay } from './relay.js';
import { NumberedSketch } from './sketch.js';
import { tapped } from './tap.js';
import { Witness } from './witness.js';

const PLAIN = { label: '', unit: '', lease: 0, options: [] } as const;
const LEASE_MS = 3_000;

/** A board whose sensor says numbers, with outputs that nobody's death leaves on. */
export const BOARD_POINTS: readonly PointDescription[] = [
  { ...PLAIN, id: 'n', role: 'sensor', type: 'number' },
  { ...PLAIN, id: 'pump', role: 'actuator', type: 'boolean', safe: false, lease: LEASE_MS },
  { ...PLAIN, id: 'fan', role: 'actuator', type: 'number', min: 0, max: 999_999, step: 1, safe: 0, lease: LEASE_MS },
];
const SKETCH = {
  driver: 'lines',
  boot: '300ms',
  format: { regex: '^N=(?<n>[0-9]+) P=(?<pump>[01]) L=(?<level>[0-9]+);$' },
  points: {
    n: {},
    pump: { role: 'actuator', type: 'boolean', safe: false, write: 'PUMP {value:on|off}' },
    level: { role: 'actuator', type: 'number', min: 0, max: 999_999, safe: 0, write: 'LEVEL {value}' },
  },
};
const TOKEN = 'open-sesame';
const URL = 'ws://192.0.2.7:8765';
const MEASURE_MS = 250;
/** A board looks at its leases every 20 ms. */
const LEASE_SLACK_MS = 60;

/** A device that went away again and again is `degraded` for a while, and works. */
const LIVE: ReadonlySet<unknown> = new Set(['online', 'degraded']);

/** What a run may replace by something broken, to see that it is found out. */
export type Sabotage = (parts: BridgeParts) => BridgeParts;

/** What a world is made of. */
export interface WorldOptions {
  readonly seed: number;
  readonly sabotage?: Sabotage;
  /** The points of the boards, where they are not the usual ones. */
  readonly points?: readonly PointDescription[];
  readonly log?: Log;
  /** Keeps the whole trace. */
  readonly keep?: boolean;
}

/** A bridge with boards, a sketch, a relay and two phones, all in memory and in virtual time, and everybody who watches them. */
export class World {
  readonly clock = new VirtualClock();
  readonly random: () => number;
  readonly ledger: Ledger;
  readonly network = new Network(this.clock);
  readonly relay = new MemoryRelay(this.network, this.clock, TOKEN);
  readonly boards = new Map<string, BoardSimulator>();
  readonly sketches = new Map<string, NumberedSketch>();
  readonly cables = new Map<string, Cable>();
  readonly witnesses = new Map<string, Witness>();
  readonly phones: Phone[];
  readonly orders: Orders;
  readonly bridge: Bridge;
  readonly folder = mkdtempSync(join(tmpdir(), 'carter-chaos-'));
  /** How often the bridge lost its relay. */
  losses = 0;
  /** When the last fault was over. */
  quietSince = 0;
  /** When the bridge called its relay, or opened a port, last. */
  triedAt = 0;
  private readonly jacks = new Map<string, MemoryJack>();
  private readonly measured = new Map<string, number>();
  private wishes = 0;
  private running = true;

  constructor({
    seed,
    sabotage = (parts) => parts,
    log = silentLog,
    keep = false,
    points = BOARD_POINTS,
  }: WorldOptions) {
    const { clock } = this;
    this.random = seededRandom(seed);
    this.ledger = new Ledger(clock, keep);
    this.orders = new Orders({
      clock,
      ledger: this.ledger,
      witnesses: this.witnesses,
      liveBoards: () => [...this.boards.keys()].filter((id) => this.hears(id)),
      losses: () => this.losses,
    });
    const wakes = new Map<string, Set<() => void>>();
    for (const id of ['greenhouse', 'yard']) this.addBoard(id, points, wakes);
    this.addSketch('tank', wakes);
    const ports = memoryPorts(this.jacks, wakes, (path) => this.opened(path));
    this.bridge = new Bridge(sabotage(this.bridgeParts(ports, seed, log)));
    this.phones = ['anna', 'bert'].map((name) => this.phone(name));
  }

  /** Everything is plugged in, everybody comes. */
  async start(): Promise<void> {
    this.relay.begin();
    for (const cable of this.cables.values()) cable.plug();
    await this.bridge.start();
    for (const phone of this.phones) phone.start();
    this.measure();
  }

  /** Time goes on. */
  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
  }

  /** Another client of the relay. */
  phone(name: string): Phone {
    const { clock, network } = this;
    return new Phone({ name, dial: network.dial, url: URL, token: TOKEN, clock });
  }

  /** Phones tap now and then, until the returned function is called. */
  tapping(): () => void {
    let over = false;
    const tap = (phone: Phone) => {
      if (over) return;
      const { device, point, wish } = this.anyWish(this.random);
      phone.command(device, point, wish);
      this.clock.after(150 + 1000 * this.random(), () => tap(phone));
    };
    for (const phone of this.phones) tap(phone);
    return () => {
      over = true;
    };
  }

  /** Any output; with `isNumber`, one that takes numbers. */
  anyOutput(random: () => number, isNumber?: boolean): World['outputs'][number] {
    const some = this.outputs.filter((output) => isNumber === undefined || output.isNumber === isNumber);
    const output = some[Math.floor(random() * some.length)];
    if (!output) throw new Error('no outputs');
    return output;
  }

  /** Anything that a phone may ask for. */
  anyWish(random: () => number): { device: string; point: string; wish: JsonObject } {
    const { device, point, isNumber } = this.anyOutput(random);
    const kind = random();
    const level = kind < 0.7 ? { value: kind < 0.45 } : { pulse_ms: 100 + Math.floor(900 * random()) };
    return { device, point, wish: isNumber ? { value: this.newNumber() } : level };
  }

  /** The first phone that gets through lets go of the emergency stop. */
  letGo(): void {
    this.phones.find((phone) => phone.send({ msg_type: 'rig.estop_reset', _from: phone.name }));
  }

  /** The two boards change places. */
  swapBoards(): void {
    const [one, other] = [...this.boards.keys()].map((id) => this.cables.get(id));
    if (one && other) one.swap(other);
  }

  /** A number that nobody wished for yet. */
  newNumber(): number {
    return ++this.wishes;
  }

  /** Everything that can be switched, as device and point. */
  get outputs(): { readonly device: string; readonly point: string; readonly isNumber: boolean }[] {
    return [...this.cables.keys()].flatMap((device) => [
      { device, point: 'pump', isNumber: false },
      { device, point: this.boards.has(device) ? 'fan' : 'level', isNumber: true },
    ]);
  }

  /** The device measures something new now. */
  sense(device: string): void {
    this.sketches.get(device)?.measure();
    const count = (this.measured.get(device) ?? 0) + 1;
    this.measured.set(device, count);
    const base = [...this.cables.keys()].indexOf(device) * 10_000_000;
    this.boards.get(device)?.sense('n', String(1000 + base + count));
  }

  /** Whether everybody knows again how things are: all devices online, and every phone was told something newer than `since`. */
  recovered(since: number): boolean {
    return [...this.witnesses].every(([id, witness]) =>
      this.phones.every(
        (phone) => LIVE.has(phone.health.get(id)) && witness.saidSince('n', phone.values.get(`${id}.n`), since + 1),
      ),
    );
  }

  /** Ends everything; what is left over is a violation. */
  async stop(): Promise<void> {
    const { ledger, clock } = this;
    let stopped = false;
    const began = clock.now();
    const stopping = this.bridge.stop().then(() => {
      stopped = true;
    });
    // Sockets and files of the real machine take part, and know nothing of this clock.
    for (let step = 0; !stopped && step < 400; step++) {
      await clock.advance(5);
      if (step > 20) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await stopping;
    ledger.check(clock.now() - began <= 2_000, 'the stop took longer than 2 s');
    for (const [id, board] of this.boards) {
      for (const point of ['pump', 'fan']) {
        const value = board.output(point);
        ledger.check(value === false || value === 0, `${id}.${point} is ${String(value)} after the stop`);
      }
    }
    for (const [id, sketch] of this.sketches) {
      ledger.check(!sketch.pump && sketch.level === 0, `${id} is not safe after the stop`);
    }
    this.running = false;
    for (const phone of this.phones) phone.stop();
    for (const cable of this.cables.values()) cable.pull();
    await this.relay.stop();
    await clock.advance(3_000);
    ledger.check(clock.timers === 0, `${clock.timers} timers are left`);
    ledger.check(this.network.connections === 0, `${this.network.connections} connections are left`);
    this.orders.settle(this.executions());
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** How often each numbered wish was carried out, as `point value`, by device. */
  private executions(): Map<string, Map<string, number>> {
    const all = new Map<string, Map<string, number>>();
    const count = (device: string, what: string, times: number) => {
      const done = all.get(device) ?? new Map<string, number>();
      all.set(device, done.set(what, (done.get(what) ?? 0) + times));
    };
    for (const [id, { executions }] of this.boards) {
      for (const [text, times] of executions) {
        const value = / fan ([1-9]\d*)$/.exec(text)?.[1];
        if (value !== undefined) count(id, `fan ${value}`, times);
      }
    }
    for (const [id, { executions }] of this.sketches) {
      for (const [text, times] of executions) {
        const value = /^LEVEL ([1-9]\d*)$/.exec(text)?.[1];
        if (value !== undefined) count(id, `level ${value}`, times);
      }
    }
    return all;
  }

  /** Whether what the bridge writes to a device leaves it. */
  private hears(id: string): boolean {
    return this.bridge.store.health(id) === 'online' && this.cables.get(id)?.stalled === false;
  }

  private opened(path: string): void {
    this.triedAt = this.clock.now();
    this.witnesses.get(path.slice('/dev/'.length))?.begin();
  }

  private addBoard(id: string, points: readonly PointDescription[], wakes: Map<string, Set<() => void>>): void {
    const board = new BoardSimulator(this.clock, this.boards.size + 1, { identity: { id }, points });
    this.boards.set(id, board);
    const witness = new Witness(id, boardDialect(points), this.clock, this.ledger, (device, told) =>
      this.orders.told(device, told),
    );
    this.addCable(id, board, witness, wakes);
  }

  private addSketch(id: string, wakes: Map<string, Set<() => void>>): void {
    const sketch = new NumberedSketch(this.clock, 30_000_000);
    this.sketches.set(id, sketch);
    const witness = new Witness(id, sketchDialect, this.clock, this.ledger, (device, told) =>
      this.orders.told(device, told),
    );
    this.addCable(id, sketch, witness, wakes);
  }

  private addCable(
    id: string,
    device: BoardSimulator | NumberedSketch,
    witness: Witness,
    wakes: Map<string, Set<() => void>>,
  ): void {
    const path = `/dev/${id}`;
    const jack = new MemoryJack(path, this.clock, () => {
      for (const wake of wakes.get(path) ?? []) wake();
    });
    this.jacks.set(path, jack);
    this.witnesses.set(id, witness);
    this.cables.set(id, new Cable(id, device, jack, this.clock, this.random, witness));
  }

  /** Sensors measure something new all the time, and leases are looked at. */
  private measure(): void {
    if (!this.running) return;
    for (const id of this.boards.keys()) this.sense(id);
    this.checkLeases();
    this.clock.after(MEASURE_MS, () => this.measure());
  }

  private checkLeases(): void {
    for (const [id, board] of this.boards) {
      const age = this.clock.now() - (this.witnesses.get(id)?.renewedAt ?? 0);
      // A board without power has nothing on, whatever its model says.
      if (age <= LEASE_MS + LEASE_SLACK_MS || !this.cables.get(id)?.plugged) continue;
      for (const point of ['pump', 'fan']) {
        const value = board.output(point);
        this.ledger.check(value === false || value === 0, `${id}.${point} is on ${age} ms after its host's last word`);
      }
    }
  }

  private bridgeParts(ports: BridgeParts['ports'], seed: number, log: Log): BridgeParts {
    const { clock, folder } = this;
    const device = (id: string, options: object) => [id, { ...options, port: `/dev/${id}` }];
    const devices = Object.fromEntries([
      ...[...this.boards.keys()].map((id) => device(id, { driver: 'board', id })),
      ...[...this.sketches.keys()].map((id) => device(id, SKETCH)),
    ]);
    const text = JSON.stringify({
      bridge: { name: 'rig', namespace: 'rig', stateDir: join(folder, 'state') },
      relay: { url: URL, channel: 'lab', token: TOKEN },
      devices,
    });
    const random = seededRandom(seed + 1);
    const register: DriverRegister = new Map([...drivers, ['board', boardKindWith(random)]]) as DriverRegister;
    const { config } = parseConfig(
      { path: 'chaos', text, shared: false },
      { drivers: register, env: {}, homeDir: folder },
    );
    return {
      config,
      relayUrl: URL,
      token: TOKEN,
      openRelay: false,
      drivers: register,
      version: '0.0.0',
      clock,
      random,
      log,
      ports,
      pairing: pairingOf({ url: URL, channel: 'lab', token: TOKEN, roomKey: undefined }),
      pins: () => noPins,
      dial: tapped(this.network.dial, {
        sent: (payload) => this.published(payload),
        came: (payload) => this.orders.came(payload),
        dialled: () => {
          this.triedAt = clock.now();
          this.ledger.note('dialled');
        },
        lost: (code) => {
          this.losses++;
          this.ledger.note('lost', code);
        },
      }),
    };
  }

  /** The bridge says something on the channel. */
  private published(payload: Record<string, unknown>): void {
    const type = String(payload['msg_type']);
    const { _src, _ts, ...said } = payload;
    this.ledger.note('published', said);
    if (type === 'command_ack') this.orders.answered(payload);
    for (const [id, witness] of this.witnesses) {
      const word = payload[id];
      if (type === 'rig.health' && word !== undefined) witness.publishedHealth(word);
      if (type !== 'rig.state' && type !== 'rig.trend') continue;
      for (const [point, value] of Object.entries((word ?? {}) as object))
        witness.published(type.slice(4), point, value);
    }
  }
}
