import { Bridge, type BridgeParts } from '../../src/bridge.js';
import { seededRandom } from '../../src/device/seeded-random.js';
import { type Log, silentLog } from '../../src/log.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { bridgeParts } from './bridge-parts.js';
import { Cable } from './cable.js';
import { Ledger } from './ledger.js';
import { Orders } from './orders.js';
import { Phone } from './phone.js';
import { LEASE_MS, type Output, type Specimen } from './specimen.js';
import type { Stage } from './stage.js';
import { Witness } from './witness.js';

const MEASURE_MS = 250;
/** A board looks at its leases every 20 ms, and a slow one hears up to 550 ms late. */
const LEASE_SLACK_MS = 600;
const STOP_MS = 2_000;
/** A device that went away again and again is `degraded` for a while, and works. */
const LIVE: ReadonlySet<unknown> = new Set(['online', 'degraded']);

/** What a run may replace by something broken, to see that it is found out. */
export type Sabotage = (parts: BridgeParts) => BridgeParts;

/** What a world is made of. */
export interface WorldOptions {
  readonly seed: number;
  readonly sabotage?: Sabotage;
  readonly log?: Log;
  /** Keeps the whole trace. */
  readonly keep?: boolean;
}

/** A bridge with devices, a relay and two phones on a stage, and everybody who watches them. */
export class World {
  readonly random: () => number;
  readonly ledger: Ledger;
  readonly specimens = new Map<string, Specimen>();
  readonly cables = new Map<string, Cable>();
  readonly witnesses = new Map<string, Witness>();
  readonly phones: Phone[];
  readonly orders: Orders;
  readonly bridge: Bridge;
  private readonly parts: BridgeParts;
  /** How often the bridge lost its relay. */
  losses = 0;
  /** When the last fault was over. */
  quietSince = 0;
  /** When all was well after it, where that was before the end of the trouble was known. */
  wellAt: number | undefined;
  /** When the bridge called its relay, or opened a port, last. */
  triedAt = 0;
  private wishes = 0;
  private running = true;

  constructor(
    readonly stage: Stage,
    specimens: readonly Specimen[],
    { seed, sabotage = (parts) => parts, log = silentLog, keep = false }: WorldOptions,
  ) {
    const { clock, slackMs } = stage;
    const { witnesses } = this;
    this.random = seededRandom(seed);
    this.ledger = new Ledger(clock, keep);
    this.orders = new Orders({
      clock,
      ledger: this.ledger,
      witnesses,
      liveBoards: () =>
        specimens.filter(({ id, speaksProtocol }) => speaksProtocol && this.hears(id)).map(({ id }) => id),
      losses: () => this.losses,
      slackMs,
    });
    for (const specimen of specimens) this.add(specimen);
    const taps = {
      sent: (payload: JsonObject) => this.published(payload),
      came: (payload: JsonObject) => this.orders.came(payload),
      dialled: () => this.tried('dialled'),
      lost: (code: number) => {
        this.losses++;
        this.ledger.note('lost', code);
      },
    };
    this.parts = sabotage(bridgeParts(stage, specimens, { seed, log, taps }));
    this.bridge = new Bridge(this.parts);
    this.phones = ['anna', 'bert'].map((name) => this.phone(name));
  }

  /** Everything is plugged in, everybody comes. */
  async start(): Promise<void> {
    for (const cable of this.cables.values()) cable.plug();
    await this.bridge.start();
    for (const phone of this.phones) phone.start();
    this.measure();
  }

  /** Most state frames a second, as the config says. */
  get pace(): number {
    return this.parts.config.publish.maxHz;
  }

  /** The bridge takes its config anew, with another pace of frames. */
  reload(maxHz: number): void {
    const { config } = this.parts;
    const publish = { ...config.publish, maxHz };
    void this.bridge.reload({ ...this.parts, config: { ...config, publish } });
  }

  /** Another client of the relay. */
  phone(name: string): Phone {
    const { clock, dial, url, token } = this.stage;
    return new Phone({ name, dial, url, token, clock });
  }

  /** Phones tap now and then, until the returned function is called. */
  tapping(): () => void {
    let over = false;
    const tap = (phone: Phone) => {
      if (over) return;
      const { device, point, wish } = this.anyWish(this.random);
      phone.command(device, point, wish);
      this.stage.clock.after(150 + 1000 * this.random(), () => tap(phone));
    };
    for (const phone of this.phones) tap(phone);
    return () => {
      over = true;
    };
  }

  /** Everything that can be switched. */
  get outputs(): (Output & { readonly device: string })[] {
    return [...this.specimens.values()].flatMap(({ id, outputs }) =>
      outputs.map((output) => ({ device: id, ...output })),
    );
  }

  /** Any output of these. */
  anyOutput(random: () => number, some = this.outputs): World['outputs'][number] {
    const output = some[Math.floor(random() * some.length)];
    if (!output) throw new Error('no outputs');
    return output;
  }

  /** Anything that a phone may ask for. */
  anyWish(random: () => number): { device: string; point: string; wish: JsonObject } {
    const { device, point, wish } = this.anyOutput(random);
    const kind = random();
    const level = kind < 0.7 ? { value: kind < 0.45 } : { pulse_ms: 100 + Math.floor(900 * random()) };
    return { device, point, wish: wish ? { value: wish(this.newNumber()) } : level };
  }

  /** A number that nobody wished for yet. */
  newNumber(): number {
    return ++this.wishes;
  }

  /** The first phone that gets through lets go of the emergency stop. */
  letGo(): void {
    this.phones.find((phone) => phone.send({ msg_type: 'rig.estop_reset', _from: phone.name }));
  }

  /** Whether everybody knows again how things are: all devices live, and every phone was told something newer than `since`. */
  recovered(since: number): boolean {
    return [...this.specimens.values()].every(({ id, sensors }) => {
      const witness = this.witnesses.get(id);
      const isNews = (phone: Phone, sensor: string) =>
        witness?.saidSince(sensor, phone.values.get(`${id}.${sensor}`), since + 1);
      return this.phones.every(
        (phone) => phone.ready && LIVE.has(phone.health.get(id)) && sensors.some((sensor) => isNews(phone, sensor)),
      );
    });
  }

  /** Ends everything; what is left over is a violation. */
  async stop(): Promise<void> {
    const { ledger, stage } = this;
    const began = stage.clock.now();
    await stage.finish(this.bridge.stop());
    ledger.check(stage.clock.now() - began <= STOP_MS + stage.slackMs, 'the stop took longer than 2 s');
    const executions = new Map<string, ReadonlyMap<string, number>>();
    for (const { id, on, executions: done } of this.specimens.values()) {
      for (const point of on()) ledger.violate(`${id}.${point} is not safe after the stop`);
      if (done) executions.set(id, done());
    }
    this.running = false;
    for (const phone of this.phones) phone.stop();
    for (const cable of this.cables.values()) cable.pull();
    for (const left of await stage.close()) ledger.violate(left);
    this.orders.settle(executions);
  }

  /** Whether what the bridge writes to a device leaves it. */
  private hears(id: string): boolean {
    return this.bridge.store.health(id) === 'online' && this.cables.get(id)?.stalled === false;
  }

  private tried(what: string): void {
    this.triedAt = this.stage.clock.now();
    this.ledger.note(what);
  }

  private add(specimen: Specimen): void {
    const { id, simulator, dialect } = specimen;
    const { clock, slackMs } = this.stage;
    const witness = new Witness(
      id,
      dialect,
      clock,
      this.ledger,
      (device, told) => this.orders.told(device, told),
      slackMs,
    );
    const opened = () => {
      this.tried(`opened ${id}`);
      if (this.stage.virtual) witness.begin();
    };
    const wrote = (bytes: string) => witness.told(bytes);
    const jack = this.stage.jack(this.stage.path(id), { opened, wrote });
    this.specimens.set(id, specimen);
    this.witnesses.set(id, witness);
    this.cables.set(id, new Cable(id, simulator, jack, clock, this.random, witness));
  }

  /** Sensors measure something new all the time, and leases are looked at. */
  private measure(): void {
    if (!this.running) return;
    for (const { sense, speaksProtocol } of this.specimens.values()) if (speaksProtocol) sense();
    this.checkLeases();
    this.stage.clock.after(MEASURE_MS, () => this.measure());
  }

  private checkLeases(): void {
    const { clock, slackMs } = this.stage;
    for (const { id, on, speaksProtocol } of this.specimens.values()) {
      const age = clock.now() - (this.witnesses.get(id)?.renewedAt ?? 0);
      // A board without power has nothing on, whatever its model says.
      if (!speaksProtocol || age <= LEASE_MS + LEASE_SLACK_MS + slackMs || !this.cables.get(id)?.plugged) continue;
      for (const point of on())
        this.ledger.violate(`${id}.${point} is on ${age.toFixed(0)} ms after its host's last word`);
    }
  }

  /** The bridge says something on the channel. */
  private published(payload: JsonObject): void {
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
