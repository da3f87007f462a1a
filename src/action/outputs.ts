import type { Clock } from '../clock.js';
import type { Device, DeviceCommand } from '../device/device.js';
import { NEVER_SENT, type Outcome, type RefusalCode, refused } from '../device/outcome.js';
import { idsIn, isOn, isSafe, type PointSpec, type Value } from '../device/point.js';
import { BRIDGE_ORIGIN } from '../device/safe-keeper.js';
import type { Log } from '../log.js';
import type { Remembered } from '../state/output-memory.js';
import type { Store } from '../state/store.js';
import { Arming } from './arming.js';
import { Interlock, type InterlockGroup } from './interlock.js';
import { Leases, leaseOf } from './leases.js';
import { LongestOn } from './longest-on.js';
import { OnTimes, type OutputName } from './on-times.js';
import { Slew } from './slew.js';
import { Wishes } from './wishes.js';

/** What the watch over all outputs is built from. */
export interface OutputsParts {
  readonly store: Store;
  readonly devices: ReadonlyMap<string, Device>;
  readonly interlocks: readonly InterlockGroup[];
  readonly desired: Remembered;
  readonly clock: Clock;
  readonly log: Log;
}

/** A command that may go to its device. */
export interface Drive {
  readonly device: Device;
  readonly spec: PointSpec;
  readonly command: DeviceCommand;
  /** It must be said again within so many milliseconds, or the output goes to its safe value. */
  readonly lease?: number | undefined;
  /** When its sender was heard last. */
  readonly heardAt: number;
}

/** Not now: `wait` milliseconds later it may be allowed; without it, it is not known when. */
export interface NotNow {
  readonly refusal: Outcome;
  readonly wait?: number;
}

/** Refusals after which an output is not on: what its device refused it has not done either. */
const NEVER_ON: ReadonlySet<RefusalCode> = new Set([...NEVER_SENT, 'device_refused']);

/** Keeps outputs within what their owners allow, whichever driver has them: how long, how often, how fast, and who else. */
export class Outputs {
  readonly arming: Arming;
  readonly wishes: Wishes;
  private readonly times: OnTimes;
  private readonly interlock: Interlock;
  private readonly longest: LongestOn;
  private readonly leases: Leases;
  private readonly slew: Slew;
  /** When each was commanded last. */
  private readonly commanded = new Map<OutputName, number>();
  private readonly watchers = new Set<(name: OutputName) => void>();

  constructor(private readonly parts: OutputsParts) {
    const { store, clock, interlocks, desired, log } = parts;
    this.arming = new Arming(clock);
    this.times = new OnTimes(store, clock, (name) => this.switched(name));
    this.interlock = new Interlock(interlocks, store, this.times, clock);
    this.longest = new LongestOn({
      clock,
      isGoingSafe: (name) => this.isGoingSafe(name),
      over: (name) => {
        log.info({ output: name }, 'was on as long as it may be: put to its safe value');
        this.wishes.takeBack(name);
        this.putSafe(name);
      },
    });
    this.leases = new Leases(clock, (name) => this.expire(name));
    this.slew = new Slew(clock);
    this.wishes = new Wishes(desired);
  }

  /** Why an output may not be given a value now; undefined where it may. To become safe is never refused. */
  verdict(device: string, spec: PointSpec, value: Value): NotNow | undefined {
    const name = `${device}.${spec.id}`;
    const now = this.parts.clock.now();
    const { minInterval = 0, minOff = 0, maxOn = 0 } = spec.rules ?? {};
    if (isSafe(spec, value)) return undefined;
    const conflict = this.interlock.conflict(name, spec, value);
    if (conflict) {
      const { message, ...rest } = conflict;
      return { refusal: refused('interlock', `${name} is interlocked: ${message}`), ...rest };
    }
    const since = this.times.onSince(name);
    if (
      isOn(spec, value) &&
      (this.longest.isSpent(name) || (maxOn > 0 && since !== undefined && now - since >= maxOn))
    ) {
      return { refusal: refused('rate', `${name} was on as long as it may be, and is being switched off`) };
    }
    const leaving = this.times.isLeaving(name) || this.isGoingSafe(name);
    if (isOn(spec, value) && (since === undefined || leaving) && minOff > 0) {
      const wait = (leaving ? now : (this.times.offSince(name) ?? now)) + minOff - now;
      if (wait > 0) return { refusal: refused('rate', `${name} has to stay off for another ${span(wait)}`), wait };
    }
    const wait = (this.commanded.get(name) ?? Number.NEGATIVE_INFINITY) + minInterval - now;
    return wait > 0 ? { refusal: refused('rate', `${name} was commanded a moment ago`), wait } : undefined;
  }

  /** Whether it runs, or is to come back, until its lease is over. */
  isLeased(name: OutputName): boolean {
    return this.leases.has(name);
  }

  /** Calls `asked` with each output that anybody but the bridge itself commands. */
  watch(asked: (name: OutputName) => void): void {
    this.watchers.add(asked);
  }

  /** Other groups of interlocked outputs from now on; what is on or on its way counts for them too. */
  regroup(interlocks: readonly InterlockGroup[]): void {
    this.interlock.regroup(interlocks);
  }

  /** Carries out a command that nothing speaks against. Never rejects. */
  async drive({ device, spec, command, lease, heardAt }: Drive): Promise<Outcome> {
    const name = `${device.id}.${spec.id}`;
    const on = isOn(spec, command.value);
    const safe = isSafe(spec, command.value);
    const landed = on ? this.times.begin(name) : undefined;
    const left = on ? undefined : this.times.leave(name);
    this.commanded.set(name, this.parts.clock.now());
    if (on) this.longest.begin(name);
    const { origin } = command;
    const own = origin === BRIDGE_ORIGIN;
    if (!own) for (const asked of this.watchers) asked(name);
    // What comes back by itself does so for what is left of its lease.
    const span = leaseOf(spec, lease);
    const end = span === undefined ? undefined : heardAt + span;
    const leased = safe || own ? undefined : this.leases.begin(name, origin, end);
    const wish = this.wishes.begin(name);
    // Without whoever holds the stick there is nothing to come back to.
    const passing = safe || command.pulseMs !== undefined || lease !== undefined;
    const said = () => this.parts.store.said(device.id, spec.id) ?? null;
    const { connection } = device;
    const gone = refused('offline', `${device.id} went away meanwhile`);
    // What is still to come of a change must not reach another connection.
    const send = async (next: DeviceCommand) => (device.connection === connection ? await device.command(next) : gone);
    const ended = (last: Outcome, alone: boolean) => {
      landed?.(last.ok ? last.replaced !== true : !NEVER_ON.has(last.code));
      left?.(last.ok);
      // Half way is where it stays, unless its device went away.
      if (!last.ok && !alone && !NEVER_SENT.has(last.code)) wish(passing ? undefined : (said() ?? undefined));
      this.switched(name);
    };
    const outcome = await this.slew.drive({ name, spec, said, send, ended }, command);
    const carriedOut = outcome.ok && !outcome.replaced;
    if (carriedOut) wish(passing ? undefined : command.value);
    leased?.(carriedOut);
    return outcome;
  }

  /** True for an output that was seen at its safe value, with nothing under way that could take it from there. */
  isAtRest(name: OutputName): boolean {
    const [device, point] = idsIn(name);
    const spec = this.specOf(name);
    const said = this.parts.store.said(device, point) ?? null;
    if (!spec || said === null || !isSafe(spec, said) || this.times.isBusy(name)) return false;
    return isOn(spec, said) || this.times.onSince(name) === undefined;
  }

  /** Whoever switched an output on still holds its button, or has let it go. It switches nothing on. */
  hold(device: string, point: string, from: string, held: boolean): void {
    const name = `${device}.${point}`;
    const spec = this.parts.store.point(device, point)?.spec;
    if (!spec?.rules?.holdToRun || !this.leases.isHeldBy(name, from)) return;
    if (held) this.renew(name, from);
    else if (this.times.onSince(name) !== undefined) this.release(name);
  }

  /** Whoever commanded it is there still; `stick`: for how long without another word. */
  renew(name: OutputName, from: string, stick?: number): void {
    const ms = leaseOf(this.specOf(name), stick);
    if (ms !== undefined) this.leases.renew(name, from, ms);
  }

  /** An emergency: whatever was on its way goes no further, and nothing that was wished comes back. */
  halt(): void {
    this.slew.close();
    this.leases.close();
    this.arming.clear();
    this.wishes.forget();
  }

  /** A device is no more: nothing is watched over or wished of its outputs any longer. */
  forget(device: string): void {
    for (const name of this.times.forget(device)) {
      this.slew.forget(name);
      this.leases.forget(name);
      this.longest.forget(name);
      this.commanded.delete(name);
      this.wishes.takeBack(name);
    }
  }

  /** Puts an output to its safe value, again and again until it is seen there; it does not come back by itself. */
  release(name: OutputName): void {
    this.wishes.takeBack(name);
    this.leases.cancel(name);
    this.putSafe(name);
  }

  /** The same, but what was wished of it is not forgotten, as long as its lease lasts. */
  suspend(name: OutputName): void {
    this.putSafe(name);
  }

  /** The bridge stops: nothing is watched over any more, and what ran for as long as somebody held it stands still. */
  close(): void {
    this.slew.close();
    for (const name of this.leases.names) if (!this.isAtRest(name)) this.putSafe(name);
    this.leases.close();
    this.longest.close();
  }

  /** No command came within the lease. */
  private expire(name: OutputName): void {
    this.wishes.takeBack(name);
    if (this.isAtRest(name)) return;
    this.parts.log.info({ output: name }, 'no command came in time: put to its safe value');
    this.putSafe(name);
  }

  /** An output may have been switched, by whomever. */
  private switched(name: OutputName): void {
    // What is to come back does so for what is left of its lease.
    if (this.isAtRest(name) && !this.wishes.has(name)) this.leases.cancel(name);
    this.longest.look(name, this.times.onSince(name), this.specOf(name)?.rules?.maxOn);
  }

  private putSafe(name: OutputName): void {
    const [device, point] = idsIn(name);
    this.slew.stop(name);
    this.parts.devices.get(device)?.putSafe(point);
  }

  private isGoingSafe(name: OutputName): boolean {
    const [device, point] = idsIn(name);
    return this.parts.devices.get(device)?.isGoingSafe(point) ?? false;
  }

  private specOf(name: OutputName): PointSpec | undefined {
    const [device, point] = idsIn(name);
    return this.parts.store.point(device, point)?.spec;
  }
}

/** A length of time for people. */
function span(ms: number): string {
  if (ms < 1_000) return `${Math.ceil(ms)} ms`;
  const seconds = Math.ceil(ms / 1_000);
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
