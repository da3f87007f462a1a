import type { Clock } from '../clock.js';
import type { Outcome, RefusalCode } from '../device/outcome.js';
import { idsIn, isSafe, type OutputPolicy, type Value } from '../device/point.js';
import { safeOutputs } from '../device/safe-outputs.js';
import type { Remembered } from '../state/output-memory.js';
import type { Health, Store } from '../state/store.js';
import { Deadlines } from './deadlines.js';
import type { OutputName } from './on-times.js';
import type { Outputs } from './outputs.js';

/** What brings wishes back is built from. */
export interface RestoreParts {
  readonly store: Store;
  readonly outputs: Pick<Outputs, 'verdict' | 'watch' | 'isLeased'>;
  readonly desired: Remembered;
  readonly clock: Clock;
  /** True while nobody knows whether an emergency stop is pressed. */
  hindered(): boolean;
  /** Commands an output as a phone would, past every rule; undefined where it is not there. Never rejects. */
  wish(device: string, point: string, value: Value): Promise<Outcome> | undefined;
}

/** An output that was not seen at its safe value within this time after its device came is left there. */
const PATIENCE_MS = 10_000;
/**
 * What may be otherwise a moment later is tried again after so long: not all that it takes is known, or others went before.
 * A wish that its device has carried out late is seen, and not sent again.
 */
const AGAIN_MS = 500;
const PASSING: ReadonlySet<RefusalCode> = new Set(['rate', 'expired', 'timeout']);

/** Brings back what was wished last, where an output's owner wants that: once its device is back and the output was seen safe. */
export class Restore {
  /** Outputs that come back as soon as they are seen safe, and until when that is waited for. */
  private readonly due = new Map<OutputName, number>();
  private readonly again: Deadlines;
  private readonly arrivals: Deadlines;
  /** Those that are commanded just now. */
  private readonly asked = new Set<OutputName>();
  /** While nobody can reach the bridge: outputs whose wishes come back when somebody can. */
  private postponed: Set<OutputName> | undefined;
  private readonly unsubscribe: () => void;

  constructor(private readonly parts: RestoreParts) {
    const { store, outputs, clock } = parts;
    this.again = new Deadlines(clock);
    this.arrivals = new Deadlines(clock);
    const hear = (device: string, points: readonly string[]) => {
      for (const point of points) this.look(device, point);
    };
    /** Whether it is the first connection of those that wait for approval. */
    const unapproved = new Map<string, boolean>();
    const health = (device: string, word: Health) => {
      const first = unapproved.get(device);
      unapproved.delete(device);
      if (first !== undefined && word !== 'offline') this.came(device, first);
    };
    const connected = (device: string, first: boolean) => {
      if (store.health(device) === 'unapproved') unapproved.set(device, first);
      else this.came(device, first);
    };
    this.unsubscribe = store.subscribe({
      changed: hear,
      heard: hear,
      health,
      connected,
    });
    // Whoever wants something of it now is not overruled by what was wanted before.
    outputs.watch((name) => this.giveUp(name));
  }

  /** Brings an output's wish back as soon as it is seen at its safe value, which may be now. */
  begin(device: string, point: string): void {
    this.wait(device, point, this.parts.clock.now() + PATIENCE_MS);
  }

  /** Nobody can reach the bridge any more: only what is to stay on then comes back. */
  pause(): void {
    this.postponed ??= new Set();
  }

  /** Somebody can. */
  resume(): void {
    const names = this.postponed ?? [];
    this.postponed = undefined;
    for (const name of names) this.begin(...idsIn(name));
  }

  /** An emergency stop, or the end: nothing comes back. */
  clear(): void {
    this.due.clear();
    this.asked.clear();
    this.again.close();
    this.arrivals.close();
  }

  close(): void {
    this.unsubscribe();
    this.clear();
  }

  private came(device: string, first: boolean): void {
    // The word of its health comes a moment before it takes commands.
    this.arrivals.set(device, 0, () => this.arrived(device, first));
  }

  private arrived(device: string, first: boolean): void {
    for (const { id, rules } of safeOutputs(this.parts.store, device)) {
      const policy: OutputPolicy | undefined = first ? rules?.onBoot : rules?.onDeviceLost;
      if (policy === 'restore') this.begin(device, id);
      else this.giveUp(`${device}.${id}`);
    }
  }

  /** Looks until then for the moment in which it may come back. */
  private wait(device: string, point: string, until: number): void {
    const name = `${device}.${point}`;
    this.giveUp(name);
    if (this.parts.desired.of(name) === undefined) return;
    this.due.set(name, until);
    this.look(device, point);
  }

  private giveUp(name: OutputName): void {
    this.due.delete(name);
    this.asked.delete(name);
    this.again.cancel(name);
  }

  private look(device: string, point: string): void {
    const name: OutputName = `${device}.${point}`;
    const { store, outputs, desired, clock } = this.parts;
    const spec = store.point(device, point)?.spec;
    const until = this.due.get(name);
    if (!spec || until === undefined) return;
    const { onRelayLost = 'safe', lease } = spec.rules ?? {};
    if (this.postponed && onRelayLost !== 'hold') {
      this.due.delete(name);
      if (onRelayLost === 'restore') this.postponed.add(name);
      return;
    }
    const said = store.said(device, point) ?? null;
    const isLate = clock.now() >= until;
    if (!isLate && (said === null || !isSafe(spec, said))) return;
    this.due.delete(name);
    if (isLate) return;
    const value = desired.of(name);
    if (value === undefined || isSafe(spec, value)) return;
    // Its owner wants it on for so long after a command, and no longer.
    if (lease !== undefined && !outputs.isLeased(name)) return;
    const verdict = outputs.verdict(device, spec, value);
    const again = () => this.wait(device, point, until);
    if (verdict?.wait !== undefined) this.again.set(name, verdict.wait, () => this.begin(device, point));
    else if (verdict || this.parts.hindered()) this.again.set(name, AGAIN_MS, again);
    else void this.wish(device, point, value, again);
  }

  private async wish(device: string, point: string, value: Value, again: () => void): Promise<void> {
    const name = `${device}.${point}`;
    this.asked.add(name);
    const outcome = await this.parts.wish(device, point, value);
    // Somebody may have wanted something else of it meanwhile.
    const stands = this.asked.delete(name);
    if (stands && outcome && !outcome.ok && PASSING.has(outcome.code)) this.again.set(name, AGAIN_MS, again);
  }
}
