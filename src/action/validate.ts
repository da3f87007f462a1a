import type { Clock } from '../clock.js';
import type { Role } from '../config/schema.js';
import type { Device } from '../device/device.js';
import type { Fleet } from '../device/fleet.js';
import { type Outcome, type RefusalCode, refused } from '../device/outcome.js';
import { isSafe, type PointSpec, type Value } from '../device/point.js';
import type { Store } from '../state/store.js';
import { printable } from '../text.js';
import { checkValue } from './coerce.js';
import type { CommandRequest } from './command.js';
import type { EmergencyStop } from './estop.js';
import type { Outputs } from './outputs.js';

/** From whom this bridge takes commands. A name on a frame is a claim, not proof: the token or the room key is the fence. */
export interface Access {
  readonly defaultRole: Role;
  /** Roles by the name that a phone gives itself. */
  readonly phones: ReadonlyMap<string, Role>;
  /** True: anybody can be on the relay, and the owner did not say that this is all right. */
  readonly openRelay: boolean;
  /** True: a room key is set, so plain commands come from outside the room. */
  readonly sealedOnly: boolean;
  /**
   * Wall time of the start, as the machine's clock tells it now: it may have been set since. What this process can tell from
   * a recording ends there; undefined: the clock is not set.
   */
  begun?(): number | undefined;
}

/** Everything that a command is held against. */
export interface Rules {
  readonly fleet: Pick<Fleet, 'devices' | 'safeAll'>;
  readonly store: Store;
  /** Another one where the config is another one. */
  access: Access;
  readonly estop: EmergencyStop;
  readonly outputs: Outputs;
  readonly clock: Clock;
}

/** A command that may go to its device, or the refusal; with `wait`, it may be allowed so many milliseconds later. */
export type Verdict =
  | { readonly device: Device; readonly spec: PointSpec; readonly value: Value; readonly pulseMs?: number }
  | { readonly refusal: Outcome; readonly wait?: number };

/** Characters of the largest command taken. */
const MAX_SIZE = 4096;
/** A command whose own time is further than this from ours is an old recording; the same window as sealed frames have. */
const MAX_AGE_MS = 120_000;
const LOOK = 'viewers may look, not switch';
/** Longest pulse in milliseconds. */
const MAX_PULSE_MS = 60_000;

/** Checks who sent a command, over what, and when: what must hold before its content is looked at. */
export function checkSender(request: CommandRequest, rules: Rules): Outcome | undefined {
  const { access, clock } = rules;
  if (request.size > MAX_SIZE) return refused('too_large', `a command has at most ${MAX_SIZE} characters`);
  const wall = clock.wall();
  if (request.sentAt !== undefined && wall !== undefined && Math.abs(wall - request.sentAt) > MAX_AGE_MS) {
    return refused('expired', 'the command was sent too long ago');
  }
  if (request.via === 'local') return undefined;
  if (request.via === 'viewer') return refused('role', LOOK);
  if (request.via === 'sealed' && request.sentAt !== undefined && request.sentAt < (access.begun?.() ?? 0)) {
    return refused('expired', 'the command was sealed before the bridge started, and may be a recording');
  }
  if (request.via === 'overtaken') return refused('expired', 'a later frame of its sender came before the command');
  if (access.sealedOnly && request.via === 'plain') {
    return refused('plaintext', 'commands must be sealed with the room key');
  }
  if (access.openRelay && request.via !== 'sealed') {
    return refused(
      'open_relay',
      'the relay has no token, so anybody could send this; set relay.token or allowOpenRelay',
    );
  }
  const { from, claimed = from, alias = claimed } = request;
  const looksOnly = (name: string) => (access.phones.get(name) ?? access.defaultRole) === 'viewer';
  return looksOnly(claimed) || looksOnly(alias) ? refused('role', LOOK) : undefined;
}

/** What may move something, or let it be moved, must not have been on its way for too long; becoming safe may. */
export function checkTime({ late }: CommandRequest): Outcome | undefined {
  return late ? refused('expired', 'the command may have been on its way for too long') : undefined;
}

/** Checks a command's content against the point and the state of things now. */
export function checkCommand(request: CommandRequest, rules: Rules): Verdict {
  const { store, estop, outputs } = rules;
  const device = rules.fleet.devices.get(request.device);
  const spec = store.point(request.device, request.point)?.spec;
  const name = `${request.device}.${printable(request.point, 40)}`;
  const no = (code: RefusalCode, message: string): Verdict => ({ refusal: refused(code, message) });
  if (!device && spec) return no('read_only', `${name} follows from other points`);
  if (device?.state !== 'live') return no('offline', `${request.device} is not connected`);
  if (!spec) return no('unknown_point', `there is no ${name}`);
  if (spec.role !== 'actuator') return no('read_only', `${name} can't be switched`);
  if (!device.approved) return no('unapproved', `${request.device} is new here and waits for its owner's consent`);
  const wish = readWish(request, spec);
  const toSafe = isSafeWish(wish, spec);
  if (estop.latched && !toSafe) return no('estop', 'the emergency stop is latched');
  if ('refusal' in wish) return wish;
  const tooLate = toSafe ? undefined : checkTime(request);
  if (tooLate) return { refusal: tooLate };
  const hindrance = toSafe ? undefined : estop.hindrance;
  if (hindrance !== undefined) return no('estop', hindrance);
  if (!toSafe && !estop.isArmed(request.device, spec.id)) {
    return no('unarmed', `${name} was not seen at its safe value since the emergency stop`);
  }
  if (!toSafe && spec.rules?.arm !== undefined && !outputs.arming.isArmed(name, request.from)) {
    return no('unarmed', `${name} has to be armed first`);
  }
  return outputs.verdict(request.device, spec, wish.value) ?? { device, spec, ...wish };
}

/** Checks whether somebody may arm an output now: it must be there, and be one that can be armed. */
export function checkArm(
  request: CommandRequest,
  rules: Rules,
): { readonly ms: number } | { readonly refusal: Outcome } {
  const { store, estop, fleet } = rules;
  const device = fleet.devices.get(request.device);
  const spec = store.point(request.device, request.point)?.spec;
  const name = `${request.device}.${printable(request.point, 40)}`;
  const no = (code: RefusalCode, message: string) => ({ refusal: refused(code, message) });
  if (device?.state !== 'live') return no('offline', `${request.device} is not connected`);
  if (!spec) return no('unknown_point', `there is no ${name}`);
  if (spec.rules?.arm === undefined) return no('read_only', `${name} is nothing that is armed`);
  if (!device.approved) return no('unapproved', `${request.device} is new here and waits for its owner's consent`);
  if (estop.latched) return no('estop', 'the emergency stop is latched');
  const tooLate = checkTime(request);
  return tooLate ? { refusal: tooLate } : { ms: spec.rules.arm };
}

/** True for a wish that an output be at its safe value. */
export function wantsSafe(request: CommandRequest, { store }: Rules): boolean {
  const spec = store.point(request.device, request.point)?.spec;
  return spec !== undefined && isSafeWish(readWish(request, spec), spec);
}

function isSafeWish(wish: Wish, spec: PointSpec): boolean {
  return 'value' in wish && isSafe(spec, wish.value);
}

type Wish = { readonly value: Value; readonly pulseMs?: number } | { readonly refusal: Outcome };

function readWish(request: CommandRequest, spec: PointSpec): Wish {
  const { pulse, maxOn = MAX_PULSE_MS } = spec.rules ?? {};
  if (request.pulseMs === undefined) {
    const checked = checkValue(spec, request.value);
    if (pulse === undefined || 'refusal' in checked || isSafe(spec, checked.value)) return checked;
    return { value: checked.value, pulseMs: pulse };
  }
  if (spec.type !== 'boolean' || request.value !== undefined) {
    return { refusal: refused('type', 'a pulse is for outputs that are on or off, and comes without a value') };
  }
  const { pulseMs: wish } = request;
  const pulseMs = typeof wish === 'string' && /^\d{1,9}$/.test(wish) ? Number(wish) : wish;
  if (typeof pulseMs !== 'number' || !Number.isInteger(pulseMs)) {
    return { refusal: refused('type', 'pulse_ms is a whole number of milliseconds') };
  }
  const most = Math.min(MAX_PULSE_MS, maxOn, pulse ?? MAX_PULSE_MS);
  if (pulseMs < 1 || pulseMs > most) {
    return { refusal: refused('range', `a pulse of ${spec.id} lasts 1 to ${most} ms`) };
  }
  return { value: spec.safe !== true, pulseMs };
}
