import { MAX_COUNTER, PROTOCOL, READINGS_MS, REMEMBERED } from '../../firmware-protocol/limits.js';
import type {
  BoardInfo,
  BoardMessage,
  HostMessage,
  NakCode,
  PointDescription,
  WireReading,
} from '../../firmware-protocol/message.js';
import { fingerprint } from '../../firmware-protocol/point.js';
import { SimulatedOutput } from './simulated-output.js';

/** Who a simulated board is. */
export interface FirmwareIdentity {
  readonly id: string;
  readonly name: string;
  readonly firmware: string;
}

/** Commands that change something, as the firmware carries them out. */
export type Execution = Extract<HostMessage, { cid: number }>;

/** What a firmware is built from. */
export interface FirmwareParts {
  readonly identity: FirmwareIdentity;
  readonly points: readonly PointDescription[];
  /** Differs from one start to the next. */
  readonly boot: number;
  now(): number;
  say(message: BoardMessage): void;
  /** Called for each command that is carried out, whatever becomes of its answer. */
  executed(command: Execution, session: number): void;
  /** Milliseconds that an enum output needs from one value to another. */
  readonly travel: number;
}

/** Characters of readings in one line: with number, verb and checksum below 200. */
const READINGS_ROOM = 180;

type Answer = Extract<BoardMessage, { verb: 'ack' | 'nak' }>;

/** The state rules of a board, from power-on to the next: what its library does, without the line. */
export class Firmware {
  readonly outputs: ReadonlyMap<string, SimulatedOutput>;
  /** Lines that it could not use. */
  dropped = 0;
  /** Refuses every command with this code. */
  refusing: NakCode | undefined;

  /** The host's nonce; 0 while no host has said hello since the start. */
  private session = 0;
  private aliveAt = 0;
  private readAt = 0;
  private remembered: Answer[] = [];
  private readonly sensors = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  constructor(private readonly parts: FirmwareParts) {
    const outputs = parts.points.flatMap((point) =>
      point.role === 'actuator' && point.type ? [{ ...point, type: point.type }] : [],
    );
    this.outputs = new Map(
      outputs.map((point) => [point.id, new SimulatedOutput(point, point.type === 'enum' ? parts.travel : 0)]),
    );
    for (const { id, role } of parts.points) if (role === 'event') this.counts.set(id, 0);
  }

  /** As its setup(): says hello without being asked. */
  start(): void {
    this.hello(0);
  }

  /** A checksummed line. */
  obey(message: HostMessage): void {
    if (message.verb === 'hello') {
      if (message.nonce !== this.session) this.remembered = [];
      this.session = message.nonce;
      this.readAt = this.parts.now();
      this.hello(message.nonce);
    } else if (message.verb === 'stop') {
      this.command(message);
    } else if (this.session === 0) {
      // The host believes in a session that ended with the last start: what it says was not meant for now.
      this.hello(0);
    } else if (message.verb === 'describe') {
      const point = this.parts.points[message.index];
      if (point) this.parts.say({ verb: 'describe', index: message.index, point });
    } else if (message.verb === 'reading') {
      this.sayAll();
    } else if (message.verb === 'alive') {
      this.renew();
      this.parts.say({ verb: 'alive', dropped: Math.min(this.dropped, MAX_COUNTER) });
    } else {
      this.command(message);
    }
  }

  /** Every lease begins anew. */
  renew(): void {
    this.aliveAt = this.parts.now();
  }

  /** As its loop(): what time does to outputs, and the readings that are due. */
  loop(): void {
    const now = this.parts.now();
    for (const output of this.outputs.values()) {
      const what = output.pass(now, this.aliveAt, this.outputs.values());
      if (what === undefined) continue;
      this.sayReadings([output.point.id]);
      if (what === 'lease' || what === 'limit') {
        this.log(`${output.point.id} put to rest: ${what === 'lease' ? 'no sign of the host' : 'on for too long'}`);
      }
    }
    if (now - this.readAt >= READINGS_MS) this.sayAll();
  }

  /** Sensors measured something: what changed is said together. */
  measure(values: Iterable<readonly [string, string]>): void {
    const changed: string[] = [];
    for (const [point, value] of values) {
      if (this.sensors.get(point) !== value) changed.push(point);
      this.sensors.set(point, value);
    }
    this.sayReadings(changed);
  }

  /** Something happened at an event point. */
  happen(point: string, event: string): void {
    const count = ((this.counts.get(point) ?? 0) + 1) % (MAX_COUNTER + 1);
    this.counts.set(point, count);
    if (this.session !== 0) this.parts.say({ verb: 'event', point, count, event });
  }

  /** The wire form of what each point says. */
  readings(): WireReading[] {
    return this.parts.points.map(({ id }) => ({ point: id, value: this.valueOf(id) }));
  }

  /** Carries out a command, or says why not; the same for people and for programs. */
  execute(message: Execution): { readonly value: string; readonly moving: boolean } | NakCode {
    const now = this.parts.now();
    if (message.verb === 'stop') {
      this.parts.executed(message, this.session);
      const guarded = [...this.outputs.values()].filter(({ point }) => point.safe !== undefined);
      for (const output of guarded) output.putSafe(now);
      this.sayReadings(guarded.map(({ point }) => point.id));
      return { value: '-', moving: guarded.some(({ moving }) => moving) };
    }
    const output = this.outputs.get(message.point);
    if (!output) return 'unknown';
    if (this.refusing) return this.refusing;
    if (message.verb !== 'set' && output.point.type !== 'boolean') return 'range';
    if (message.verb === 'limit') {
      this.parts.executed(message, this.session);
      const { maxOn, minOff, group } = message;
      output.limits = { maxOn, minOff, group };
      return { value: '-', moving: false };
    }
    const value = output.read(message.value);
    if (value === undefined || (message.verb === 'pulse' && !output.mayPulse(value))) return 'range';
    const refusal = output.refusal(value, now, this.outputs.values());
    if (refusal) return refusal;
    this.parts.executed(message, this.session);
    if (message.verb === 'pulse') output.pulse(value, message.ms, now);
    else output.put(value, now);
    this.sayReadings([output.point.id]);
    return { value: output.encode(value), moving: output.moving };
  }

  get info(): BoardInfo {
    const { boot, points, identity } = this.parts;
    return { boot, points: points.length, fingerprint: fingerprint(points), buffer: 63, ...identity };
  }

  private command(message: Execution): void {
    // Nothing is lost by stopping twice, and much by not stopping.
    const before = message.verb === 'stop' ? undefined : this.remembered.find(({ cid }) => cid === message.cid);
    if (before) {
      if ('point' in message && this.outputs.has(message.point)) this.sayReadings([message.point]);
      this.parts.say(before);
      return;
    }
    const done = this.execute(message);
    const { cid } = message;
    const answer: Answer = typeof done === 'string' ? { verb: 'nak', cid, code: done } : { verb: 'ack', cid, ...done };
    if (message.verb !== 'stop') this.remembered = [...this.remembered, answer].slice(-REMEMBERED);
    this.parts.say(answer);
  }

  private hello(nonce: number): void {
    this.parts.say({ verb: 'hello', nonce, protocol: PROTOCOL, board: this.info });
  }

  private log(text: string): void {
    if (this.session !== 0) this.parts.say({ verb: 'log', level: 'warn', text });
  }

  private sayAll(): void {
    this.readAt = this.parts.now();
    this.sayReadings(this.parts.points.map(({ id }) => id));
  }

  private sayReadings(ids: readonly string[]): void {
    if (this.session === 0) return;
    let values: WireReading[] = [];
    let room = READINGS_ROOM;
    for (const point of ids) {
      const value = this.valueOf(point);
      room -= point.length + value.length + 2;
      if (room < 0) {
        this.parts.say({ verb: 'reading', values });
        values = [];
        room = READINGS_ROOM - point.length - value.length - 2;
      }
      values.push({ point, value });
    }
    if (values.length > 0) this.parts.say({ verb: 'reading', values });
  }

  private valueOf(id: string): string {
    return this.outputs.get(id)?.wire ?? this.sensors.get(id) ?? this.counts.get(id)?.toString() ?? '?';
  }
}
