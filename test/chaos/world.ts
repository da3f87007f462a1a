import { seededRandom } from '../../src/device/seeded-random.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { Attempts } from './attempts.js';
import { Begins } from './begins.js';
import { Cable } from './cable.js';
import { Counts } from './counts.js';
import { Holds } from './holds.js';
import { Host, type Sabotage } from './host.js';
import { Known } from './known.js';
import { Leases } from './leases.js';
import { Ledger } from './ledger.js';
import { LogEar } from './log-ear.js';
import { Orders } from './orders.js';
import { OwnTime } from './own-time.js';
import { Partings } from './partings.js';
import { Phone } from './phone.js';
import { Recovery } from './recovery.js';
import { Restores } from './restores.js';
import type { Specimen } from './specimen.js';
import type { Stage } from './stage.js';
import { Stops } from './stops.js';
import { Troubles } from './troubles.js';
import { Wishes } from './wishes.js';
import { Witness } from './witness.js';

/** What befell a device is felt for so long. */
const ECHO_MS = 2_000;

/** What a world is made of. */
export interface WorldOptions {
  readonly seed: number;
  readonly sabotage?: Sabotage;
  /** Keeps the whole trace. */
  readonly keep?: boolean;
}

/** Nobody reads a log that says the same of one connection more often than this in a minute. */
const MOST_REPEATED = 10;

/** A bridge with devices, a relay and two phones on a stage, and everybody who watches them. */
export class World {
  readonly random: () => number;
  readonly ledger: Ledger;
  readonly specimens = new Map<string, Specimen>();
  readonly cables = new Map<string, Cable>();
  readonly witnesses = new Map<string, Witness>();
  readonly phones: Phone[];
  readonly orders: Orders;
  readonly stops: Stops;
  readonly wishes: Wishes;
  readonly troubles: Troubles;
  readonly host: Host;
  readonly complaints: LogEar;
  private readonly begins = new Begins(this);
  private readonly holds: Holds;
  private readonly partings = new Partings(this);
  readonly restores: Restores;
  private readonly counts: Counts;
  private begunAt = 0;
  /** When the last bridge ended. */
  endedAt = 0;
  /** How often the bridge lost its relay. */
  losses = 0;
  /** When it was last said that the bridge is offline. */
  saidOfflineAt = Number.NEGATIVE_INFINITY;
  readonly attempts = new Attempts();
  readonly recovery: Recovery;
  readonly known: Known;
  private readonly leases: Leases;

  constructor(
    readonly stage: Stage,
    specimens: readonly Specimen[],
    { seed, sabotage = (parts) => parts, keep = false }: WorldOptions,
  ) {
    const { clock, slackMs } = stage;
    const { witnesses } = this;
    this.random = seededRandom(seed);
    this.ledger = new Ledger(clock, keep);
    this.troubles = new Troubles(clock);
    this.wishes = new Wishes(specimens);
    this.complaints = new LogEar(clock);
    this.restores = new Restores(this.wishes.outputs);
    const { ledger, troubles, isThere } = this;
    const lived = () => clock.now() - this.host.heldMs;
    this.counts = new Counts({ ledger, lived });
    this.leases = new Leases({ stage, ledger, specimens, witnesses, isThere });
    const ownTime = new OwnTime(clock, () => this.host.heldMs);
    this.orders = new Orders({
      clock,
      ledger,
      witnesses,
      losses: () => this.losses,
      stoppedAt: () => this.stops.stoppedAt,
      mayComeBack: (output) => this.begins.isRecent && this.restores.mayBeOn(output),
      arrivedAt: () => this.host.arrivedAt,
      ownTime,
      slackMs,
    });
    this.stops = new Stops({
      clock,
      ownTime,
      ledger,
      slackMs,
      heard: () => specimens.filter(({ id }) => this.hears(id)),
      arrivedAt: () => this.host.arrivedAt,
      isLatched: () => this.known.isLatched,
    });
    this.holds = new Holds({
      clock,
      ledger,
      outputs: this.wishes.outputs,
      slackMs,
      isOn: ({ device, point }) => this.specimens.get(device)?.on().includes(point) ?? false,
      isWell: (device, ms) => this.hears(device) && troubles.calm(ms + ECHO_MS, [device, 'bridge']),
    });
    for (const specimen of specimens) this.add(specimen, lived);
    this.recovery = new Recovery(this);
    const came = (payload: JsonObject) => {
      this.orders.came(payload);
      this.stops.came(payload);
      this.holds.came(payload);
      this.restores.came(payload);
    };
    const taps = {
      sent: (payload: JsonObject) => this.published(payload),
      came,
      dialled: () => this.tried('relay'),
      lost: (code: number) => this.lost(code),
    };
    this.host = new Host({ stage, specimens, seed, sabotage, log: this.complaints, taps });
    this.known = new Known(this.host);
    this.phones = ['anna', 'bert'].map((name) => this.phone(name));
  }

  /** Everything is plugged in, everybody comes. */
  async start(): Promise<void> {
    for (const cable of this.cables.values()) cable.plug();
    await this.begin();
    for (const phone of this.phones) phone.start();
    this.leases.start();
  }

  /** A bridge begins; time goes on once it has. */
  async begin(): Promise<void> {
    this.ledger.note('begins');
    this.begunAt = this.stage.clock.now();
    this.orders.born();
    this.stops.born();
    for (const { born } of this.specimens.values()) born?.();
    // What could not be written can not be known.
    const isUnknown = !this.troubles.calm(Number.POSITIVE_INFINITY, ['disk']);
    if (isUnknown) this.doubt();
    const begun = this.host.begin();
    this.stage.during(begun);
    await begun;
    if (isUnknown) this.stops.latched(this.known.isLatched);
    this.begins.begun();
  }

  /** The bridge is gone without a word. */
  kill(): void {
    this.ledger.note('killed');
    this.endedAt = this.stage.clock.now();
    this.lost(0);
    this.ended(false);
    this.host.kill();
  }

  /** The bridge is asked to stop; resolves once it has. */
  async end(): Promise<void> {
    this.ledger.note('stops');
    this.endedAt = this.stage.clock.now();
    await this.begins.stopping(() => this.host.stop());
    this.ended(true);
    this.ledger.note('stopped');
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
      const { device, point, wish } = this.wishes.any(this.random);
      phone.command(device, point, wish);
      this.stage.clock.after(150 + 1000 * this.random(), () => tap(phone));
    };
    for (const phone of this.phones) tap(phone);
    return () => {
      over = true;
    };
  }

  /** The first phone that gets through lets go of the emergency stop. */
  letGo(): void {
    this.phones.find((phone) => phone.send({ msg_type: 'rig.estop_reset', _from: phone.name }));
  }

  /** Whether a device is plugged in. */
  readonly isThere = (id: string): boolean => {
    return this.cables.get(id)?.plugged ?? this.specimens.get(id)?.wired?.present ?? true;
  };

  /** Whether what the bridge writes to a device leaves it. */
  hears(id: string): boolean {
    return this.known.isOnline(id) && this.cables.get(id)?.stalled !== true;
  }

  /** Ends everything; what is left over is a violation. */
  async stop(): Promise<void> {
    const { ledger, stage } = this;
    await stage.finish(this.end());
    const executions = new Map<string, ReadonlyMap<string, number>>();
    for (const { id, on, executions: done } of this.specimens.values()) {
      for (const point of on()) ledger.violate(`${id}.${point} is not safe in the end`);
      if (done) executions.set(id, done());
    }
    this.leases.stop();
    for (const phone of this.phones) phone.stop();
    for (const cable of this.cables.values()) cable.pull();
    for (const left of await stage.close()) ledger.violate(left);
    this.orders.settle(executions);
  }

  /** What is on the disk of wishes and counts may be older, or lost. */
  doubt(): void {
    this.restores.doubt();
    this.counts.doubt();
  }

  private ended(inOrder: boolean): void {
    this.counts.ended(inOrder);
    const often = this.complaints.repeated(MOST_REPEATED, this.begunAt);
    for (const what of often) this.ledger.violate(`said more than ${MOST_REPEATED} times in a minute: ${what}`);
  }

  private tried(place: string): void {
    this.attempts.note(place, this.stage.clock.now());
    this.ledger.note('tried', place);
  }

  private lost(code: number): void {
    this.losses++;
    this.ledger.note('lost', code);
  }

  private add(specimen: Specimen, lived: () => number): void {
    const { id, simulator, wired, dialect } = specimen;
    const { clock, slackMs, virtual } = this.stage;
    const told: Orders['told'] = (device, what) => {
      this.orders.told(device, what);
      this.stops.told(device, what);
      this.holds.told(device, what);
      if (what.kind === 'set') this.restores.told(`${device}.${what.point}`, what.isSafe);
    };
    const witness = new Witness(id, dialect, clock, this.ledger, told, slackMs, lived);
    this.specimens.set(id, specimen);
    this.witnesses.set(id, witness);
    const opened = () => {
      this.tried(id);
      if (virtual) witness.begin();
    };
    const wrote = (bytes: string) => witness.told(bytes);
    const gone = () => this.partings.gone(id);
    if (wired) {
      witness.plugged();
      const counted = (turns: number) => this.counts.reached(turns);
      const kept = () => {
        const count = this.known.tally(id, 'count');
        this.counts.begun(count);
        return count;
      };
      wired.taps = { opened, gone, told: wrote, said: (line) => witness.said(line), kept, counted };
    }
    if (!simulator) return;
    const jack = this.stage.jack(id, { opened, wrote });
    this.cables.set(id, new Cable(id, simulator, jack, clock, this.random, witness, gone));
  }

  /** The bridge says something on the channel. */
  private published(payload: JsonObject): void {
    const type = String(payload['msg_type']);
    const { _src, _ts, ...said } = payload;
    this.ledger.note('published', said);
    if (type === 'command_ack') {
      this.orders.answered(payload);
      this.restores.answered(payload, this.stage.clock.now());
    }
    if (type === 'rig.health' && payload['bridge'] === 'offline') this.saidOfflineAt = this.stage.clock.now();
    if (type === 'rig.health') this.checkDevices(said);
    for (const [id, witness] of this.witnesses) {
      const word = payload[id];
      if (type === 'rig.health' && word !== undefined) witness.publishedHealth(word);
      if (type !== 'rig.state' && type !== 'rig.trend') continue;
      for (const [point, value] of Object.entries((word ?? {}) as object))
        witness.published(type.slice(4), point, value);
    }
  }

  /** Nobody is there twice, and nobody who is not there at all. */
  private checkDevices({ msg_type, _seq, _full, bridge, ...devices }: JsonObject): void {
    const strangers = Object.keys(devices).filter((id) => !this.specimens.has(id));
    this.ledger.check(strangers.length === 0, `the bridge tells of ${strangers.join(', ')}, which is no device`);
  }
}
