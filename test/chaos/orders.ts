import type { Clock } from '../../src/clock.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import type { Told } from './dialect.js';
import type { Ledger } from './ledger.js';
import type { Witness } from './witness.js';

/** A command may be on the wire this long after it came: its own time, and the last repetition. */
const WITHIN_MS = 1_600;
/** What waited longer before the bridge saw it is too old to move anything. */
const TOO_OLD_MS = 2_000;
/** A command is answered this long after it came, at the latest. */
const ANSWER_MS = 2_000;
/** An emergency stop is on the wire of every live board this soon: 20 ms, and as much where a line is under way. */
const STOP_MS = 45;

interface Order {
  readonly cmd: string;
  readonly from: string;
  readonly device: string;
  readonly point: string;
  readonly value: unknown;
  readonly at: number;
  /** How long it had waited on the machine before the bridge saw it. */
  readonly waited: number;
  answer?: { readonly ok: boolean; readonly value: unknown; readonly code: unknown; readonly at: number };
}

/** What the book asks of the bridge that it watches. */
export interface OrdersParts {
  clock: Clock;
  ledger: Ledger;
  witnesses: ReadonlyMap<string, Witness>;
  /** Boards that are live, and have to hear of an emergency stop. */
  liveBoards(): string[];
  /** How often the connection to the relay was lost. */
  losses(): number;
  /** When what the bridge sees now came to its machine. */
  arrivedAt(): number;
  /** Whether the bridge's emergency stop is latched. */
  isLatched(): boolean;
  /** Whether an output may be switched on without a wish, as it was on by one before the bridge began. */
  mayComeBack(output: string): boolean;
  /** Milliseconds for which the bridge was held up so far. */
  heldMs(): number;
  /** Milliseconds by which a busy machine may be late. */
  slackMs: number;
}

/** The book of all commands that came to the bridge: what may be written to devices, and what must be answered. */
export class Orders {
  /** Commands that came, answers that said yes. */
  readonly counts = { came: 0, confirmed: 0 };
  private readonly byCmd = new Map<string, Order>();
  /** By device, point and value. */
  private readonly wishes = new Map<string, Order[]>();
  /** The same of earlier bridges, of which the one that runs knows nothing. */
  private readonly past: Order[] = [];
  /** Senders so busy that some refusals stay unanswered. */
  readonly hammering = new Set<string>();
  /** When the emergency stop came, until it is let go of. */
  private stoppedAt: number | undefined;

  constructor(private readonly parts: OrdersParts) {}

  /** True from an emergency stop to its reset. */
  get isStopped(): boolean {
    return this.stoppedAt !== undefined;
  }

  /** Another bridge runs, which knows nothing of what came to the one before. */
  born(): void {
    this.past.push(...this.byCmd.values());
    this.byCmd.clear();
    this.wishes.clear();
  }

  /** Whether anybody asked this bridge for something else than the safe value. */
  wished(device: string, point: string): boolean {
    return [...this.byCmd.values()].some((order) => {
      return order.device === device && order.point === point && order.value !== false && order.value !== 0;
    });
  }

  /** The emergency stop is latched, whoever latched it, or it is not any more. */
  latched(latched = true): void {
    this.stoppedAt = latched ? (this.stoppedAt ?? this.parts.clock.now()) : undefined;
  }

  /** A broadcast came to the bridge. */
  came(payload: JsonObject): void {
    const type = payload['msg_type'];
    if (type === 'rig.estop') this.stop();
    else if (type === 'rig.estop_reset') this.reset();
    else if (type === 'rig.cmd') this.command(payload);
  }

  /** The bridge answers a command. */
  answered(payload: JsonObject): void {
    const { ledger, clock, witnesses, slackMs } = this.parts;
    const order = this.byCmd.get(String(payload['cmd_id']));
    if (!order) return;
    const { ok, value, code } = payload;
    const what = `${order.device}.${order.point}=${String(order.value)} of ${order.from}`;
    if (order.answer) {
      const same = order.answer.ok === ok && order.answer.value === value && order.answer.code === code;
      ledger.check(same, `${what} is answered twice, and differently`);
      return;
    }
    order.answer = { ok: ok === true, value, code, at: clock.now() };
    if (ok !== true) return;
    this.counts.confirmed++;
    // On a real line what was said a moment before is still on its way, and a sketch does not say what it answers.
    const said = witnesses.get(order.device)?.saidSince(order.point, value, order.at - slackMs) ?? false;
    ledger.check(said, `${what} is confirmed as ${String(value)}, which the device did not say after it`);
  }

  /** The bridge writes to a device. */
  told(device: string, told: Told): void {
    if (told.kind !== 'alive') this.parts.ledger.note('told', { device, ...told });
    if (told.kind !== 'set' || told.isSafe) return;
    const { ledger, clock, slackMs } = this.parts;
    const what = `${device}.${told.point}=${String(told.value)}`;
    // What was written in the moment before may be seen in the same instant.
    ledger.check(clock.now() <= (this.stoppedAt ?? clock.now()) + slackMs, `${what} is written in an emergency stop`);
    const recent = (this.wishes.get(what) ?? []).filter(({ at }) => clock.now() - at <= WITHIN_MS + slackMs);
    if (recent.length === 0 && this.parts.mayComeBack(`${device}.${told.point}`)) return;
    ledger.check(recent.length > 0, `${what} is written though nobody asked for it in time`);
    const fresh = recent.filter(({ waited }) => waited <= TOO_OLD_MS + slackMs);
    ledger.check(recent.length === 0 || fresh.length > 0, `${what} is written though the wish had waited for too long`);
    const open = recent.filter(({ answer }) => answer === undefined || answer.ok || answer.at === clock.now());
    ledger.check(recent.length === 0 || open.length > 0, `${what} is written after it was refused`);
  }

  /** Holds what devices did, as `point value` by device, against what was asked and answered. */
  settle(executions: ReadonlyMap<string, ReadonlyMap<string, number>>): void {
    const { ledger } = this.parts;
    const all = [...this.past, ...this.byCmd.values()];
    for (const [device, done] of executions) {
      for (const [what, times] of done) {
        // Who asks another bridge again asks again.
        const asked = all.filter(
          (order) => `${order.device} ${order.point} ${String(order.value)}` === `${device} ${what}`,
        );
        ledger.check(times <= Math.max(1, asked.length), `${device}: ${what} was carried out ${times} times`);
      }
    }
    for (const order of all) {
      if (!order.answer?.ok || typeof order.value !== 'number') continue;
      const { device, point } = order;
      const done = executions.get(device);
      if (!done) continue;
      const times = done.get(`${point} ${String(order.answer.value)}`) ?? 0;
      const what = `${device}.${point}=${String(order.answer.value)}`;
      ledger.check(order.answer.value === 0 || times > 0, `${what} was confirmed and never carried out`);
    }
  }

  private command(payload: JsonObject): void {
    const { clock, ledger, arrivedAt } = this.parts;
    const cmd = String(payload['_cmd']);
    const known = this.byCmd.get(cmd);
    const order: Order = known ?? {
      cmd,
      from: String(payload['_from']),
      device: String(payload['dev']),
      point: String(payload['point']),
      value: payload['pulse_ms'] === undefined ? payload['value'] : true,
      at: clock.now(),
      waited: clock.now() - arrivedAt(),
    };
    ledger.note('came', { ...order, answer: undefined });
    if (!known) {
      this.counts.came++;
      this.byCmd.set(cmd, order);
      const key = `${order.device}.${order.point}=${String(order.value)}`;
      this.wishes.set(key, [...(this.wishes.get(key) ?? []), order]);
    }
    const losses = this.parts.losses();
    this.later(ANSWER_MS + this.parts.slackMs, () => {
      if (this.parts.losses() !== losses || this.hammering.has(order.from)) return;
      ledger.check(order.answer !== undefined, `${order.device}.${order.point} of ${order.from} is never answered`);
    });
  }

  /** Whether a reset is too old to be taken is the bridge's to say, but for one that certainly is. */
  private reset(): void {
    const { ledger, clock, arrivedAt, isLatched, slackMs } = this.parts;
    const waited = clock.now() - arrivedAt();
    const before = this.stoppedAt;
    // The bridge hears of it after this.
    queueMicrotask(() => {
      const old = before !== undefined && waited > TOO_OLD_MS + slackMs;
      ledger.check(!old || isLatched(), 'a reset that had waited for too long let go of the emergency stop');
      this.latched(isLatched());
    });
  }

  private stop(): void {
    this.parts.ledger.note('emergency stop');
    const { clock, ledger, liveBoards, witnesses } = this.parts;
    const now = clock.now();
    if (this.stoppedAt !== undefined) return;
    this.stoppedAt = now;
    const live = liveBoards();
    this.later(STOP_MS + this.parts.slackMs, () => {
      for (const id of live) {
        if (!liveBoards().includes(id)) continue;
        const told = (witnesses.get(id)?.stoppedAt ?? Number.NEGATIVE_INFINITY) >= now;
        ledger.check(told, `${id} was not told to stop within ${STOP_MS} ms of the emergency stop`);
      }
    });
  }

  /** After so much time of the bridge's own, in which it was not held up. */
  private later(ms: number, check: () => void): void {
    const { clock, heldMs } = this.parts;
    const before = heldMs();
    clock.after(ms, () => {
      const more = heldMs() - before;
      if (more > 0) this.later(more, check);
      else check();
    });
  }
}
