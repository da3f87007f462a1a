import type { Clock } from '../../src/clock.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import type { Told } from './dialect.js';
import type { Ledger } from './ledger.js';
import type { OwnTime } from './own-time.js';
import type { Witness } from './witness.js';

/** A command may be on the wire this long after it came: its own time, and the last repetition. */
const WITHIN_MS = 1_600;
/** What waited longer before the bridge saw it is too old to move anything. */
export const TOO_OLD_MS = 2_000;
/** A command is answered this long after it came, at the latest. */
const ANSWER_MS = 2_000;
/** With these nothing was carried out; with any other nobody knows how far it got. */
const NOT_DONE: ReadonlySet<unknown> = new Set([
  'rate',
  'interlock',
  'unarmed',
  'unapproved',
  'device_refused',
  'superseded',
  'expired',
]);

/** Something that the bridge wrote of an output. */
interface Written {
  readonly value: unknown;
  readonly at: number;
  /** The same where it is written again, as it may have been lost. */
  readonly cid: number | undefined;
}

/** So many of them are known of each output. */
const MOST_WRITTEN = 100;

interface Order {
  readonly cmd: string;
  readonly from: string;
  readonly device: string;
  readonly point: string;
  readonly value: unknown;
  readonly at: number;
  /** How long it had waited on the machine before the bridge saw it. */
  readonly waited: number;
  /** It was written to the device. */
  isWritten?: true;
  answer?: { readonly ok: boolean; readonly value: unknown; readonly code: unknown; readonly at: number };
}

/** What the book asks of the bridge that it watches. */
export interface OrdersParts {
  clock: Clock;
  ledger: Ledger;
  witnesses: ReadonlyMap<string, Witness>;
  /** How often the connection to the relay was lost. */
  losses(): number;
  /** When what the bridge sees now came to its machine. */
  arrivedAt(): number;
  /** When the emergency stop was latched, where it is. */
  stoppedAt(): number | undefined;
  /** Whether an output may be switched on without a wish, as it was on by one before the bridge began. */
  mayComeBack(output: string): boolean;
  ownTime: OwnTime;
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
  /** What was written of each output, oldest first. */
  private readonly written = new Map<string, Written[]>();

  constructor(private readonly parts: OrdersParts) {}

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

  /** A broadcast came to the bridge. */
  came(payload: JsonObject): void {
    if (payload['msg_type'] === 'rig.cmd') this.command(payload);
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
    const witness = witnesses.get(order.device);
    const said = witness?.saidSince(order.point, value, order.at - slackMs) ?? false;
    ledger.check(said, `${what} is confirmed as ${String(value)}, which the device did not say after it`);
    const since = this.written.get(`${order.device}.${order.point}`)?.filter(({ at }) => at >= order.at) ?? [];
    const had = witness?.saidBefore(order.point, order.at) === value;
    const obeyed = had || since.some((written) => written.value === value);
    ledger.check(obeyed, `${what} is confirmed as ${String(value)}, which the device was not told after it`);
  }

  /** The bridge writes to a device. */
  told(device: string, told: Told): void {
    if (told.kind !== 'alive') this.parts.ledger.note('told', { device, ...told });
    if (told.kind !== 'set') return;
    const { point, value, cid } = told;
    const name = `${device}.${point}`;
    const before = this.written.get(name) ?? [];
    const again = cid !== undefined && before.at(-1)?.cid === cid;
    // Answers to what is older than that are too late anyway.
    this.written.set(name, [...before.slice(-MOST_WRITTEN), { value, cid, at: this.parts.clock.now() }]);
    if (!told.isSafe) this.moved(device, point, value, again);
  }

  /** The bridge writes what is not safe: somebody must have asked for that, and each wish is written once. */
  private moved(device: string, point: string, value: unknown, again: boolean): void {
    const { ledger, clock, slackMs, stoppedAt, mayComeBack } = this.parts;
    const now = clock.now();
    const what = `${device}.${point}=${String(value)}`;
    // What was written in the moment before may be seen in the same instant.
    ledger.check(now <= (stoppedAt() ?? now) + slackMs, `${what} is written in an emergency stop`);
    const recent = (this.wishes.get(what) ?? []).filter(({ at }) => now - at <= WITHIN_MS + slackMs);
    const open = recent.filter(({ answer }) => answer === undefined || answer.ok || answer.at === now);
    // What was wished before the start comes back also where somebody asked for the same in vain.
    if (open.length === 0 && mayComeBack(`${device}.${point}`)) return;
    ledger.check(recent.length > 0, `${what} is written though nobody asked for it in time`);
    const fresh = recent.filter(({ waited }) => waited <= TOO_OLD_MS + slackMs);
    ledger.check(recent.length === 0 || fresh.length > 0, `${what} is written though the wish had waited for too long`);
    ledger.check(recent.length === 0 || open.length > 0, `${what} is written after it was refused`);
    if (again || open.length === 0) return;
    // What was so before may be confirmed while its line still waits in a port that takes no bytes.
    const due = open.find(({ isWritten }) => !isWritten);
    ledger.check(due !== undefined, `${what} is written once more than anybody asked for it`);
    if (due) due.isWritten = true;
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
      if (typeof order.value === 'number' && NOT_DONE.has(order.answer?.code)) this.left(order, all, executions);
      if (!order.answer?.ok || typeof order.value !== 'number') continue;
      const { device, point } = order;
      const done = executions.get(device);
      if (!done) continue;
      const times = done.get(`${point} ${String(order.answer.value)}`) ?? 0;
      const what = `${device}.${point}=${String(order.answer.value)}`;
      ledger.check(order.answer.value === 0 || times > 0, `${what} was confirmed and never carried out`);
    }
  }

  /** A number that nobody else wished for, and that was refused, is nowhere. */
  private left(
    order: Order,
    all: readonly Order[],
    executions: ReadonlyMap<string, ReadonlyMap<string, number>>,
  ): void {
    const { device, point, value, answer } = order;
    const same = all.filter((other) => other.device === device && other.point === point && other.value === value);
    const times = executions.get(device)?.get(`${point} ${String(value)}`) ?? 0;
    const done = times > 0 && same.every((other) => NOT_DONE.has(other.answer?.code));
    this.parts.ledger.check(
      !done,
      `${device}.${point}=${String(value)} was refused as ${answer?.code} and carried out`,
    );
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
    this.parts.ownTime.after(ANSWER_MS + this.parts.slackMs, () => {
      if (this.parts.losses() !== losses || this.hammering.has(order.from)) return;
      ledger.check(order.answer !== undefined, `${order.device}.${order.point} of ${order.from} is never answered`);
    });
  }
}
