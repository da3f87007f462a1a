import type { Clock } from '../clock.js';
import { idsIn, isOn } from '../device/point.js';
import type { Store } from '../state/store.js';

/** An output of a device, as `device.point`. */
export type OutputName = string;

interface Times {
  /** What the device said last; undefined while nobody knows. */
  on: boolean | undefined;
  /** Since when, on the clock. */
  since: number;
  /** Since when a command may have switched it on, whatever was said since. */
  begun: number | undefined;
  /** Commands that would switch it on and are under way. */
  flights: number;
  /** When the last of them ended. */
  ended: number;
  /** Commands that would switch it off and are under way. */
  leaving: number;
}

/** Since when each output is on or off: by the words of its device, and by commands whose end is not known. */
export class OnTimes {
  private readonly outputs = new Map<OutputName, Times>();

  /** `changed` is called with each output that may have been switched. */
  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly changed: (name: OutputName) => void,
  ) {
    const hear = (device: string, points: readonly string[]) => {
      for (const point of points) this.hear(device, point);
    };
    store.subscribe({ changed: hear, heard: hear });
  }

  /** Since when the output may be on; undefined where it is off for all that is known. */
  onSince(name: OutputName): number | undefined {
    const times = this.outputs.get(name);
    if (times && this.isOver(name, times)) times.begun = undefined;
    return times?.on ? times.since : times?.begun;
  }

  /** Since when it is known to be off; undefined where it may be on, or nobody knows. */
  offSince(name: OutputName): number | undefined {
    const times = this.outputs.get(name);
    return times?.on === false && this.onSince(name) === undefined ? times.since : undefined;
  }

  /** True while a command that switches it on is under way. */
  isUnderWay(name: OutputName): boolean {
    return (this.outputs.get(name)?.flights ?? 0) > 0;
  }

  /** True while a command that switches it off is under way. */
  isLeaving(name: OutputName): boolean {
    return (this.outputs.get(name)?.leaving ?? 0) > 0;
  }

  /** True while any command for it is under way. */
  isBusy(name: OutputName): boolean {
    return this.isUnderWay(name) || this.isLeaving(name);
  }

  /** Forgets the outputs of a device that is no more, and returns their names. */
  forget(device: string): OutputName[] {
    const names = [...this.outputs.keys()].filter((name) => name.startsWith(`${device}.`));
    for (const name of names) this.outputs.delete(name);
    return names;
  }

  /** A command that switches it off goes out. What is returned is to be told whether the device confirmed that. */
  leave(name: OutputName): (confirmed: boolean) => void {
    const times = this.of(name);
    times.leaving++;
    return (confirmed) => {
      times.leaving--;
      // What may have been is over.
      if (confirmed && times.flights === 0) this.settle(name, times);
    };
  }

  /** A command that switches it on goes out. What is returned is to be told whether it may have been carried out. */
  begin(name: OutputName): (mayBeOn: boolean) => void {
    const times = this.of(name);
    times.flights++;
    times.begun ??= this.clock.now();
    this.changed(name);
    return (mayBeOn) => {
      times.flights--;
      times.ended = this.clock.now();
      if (times.flights === 0 && !mayBeOn) this.settle(name, times);
    };
  }

  /** True where the device said that it is off after the last command for it had ended, however that was. */
  private isOver(name: OutputName, { on, flights, ended }: Times): boolean {
    const [device, point] = idsIn(name);
    return on === false && flights === 0 && (this.store.point(device, point)?.at ?? ended) > ended;
  }

  private settle(name: OutputName, times: Times): void {
    if (times.begun === undefined) return;
    times.begun = undefined;
    this.changed(name);
  }

  private hear(device: string, point: string): void {
    const spec = this.store.point(device, point)?.spec;
    if (spec?.role !== 'actuator') return;
    const said = this.store.said(device, point) ?? null;
    const name = `${device}.${point}`;
    const times = this.of(name);
    const now = this.clock.now();
    if (said === null) {
      // What was on may still be; how long something was off counts from when it is seen again.
      if (times.on === false) times.on = undefined;
    } else if (isOn(spec, said)) {
      if (!times.on) times.since = Math.min(times.begun ?? now, now);
      times.on = true;
    } else {
      if (times.on !== false) times.since = now;
      times.on = false;
      if (times.flights === 0) times.begun = undefined;
    }
    this.changed(name);
  }

  private of(name: OutputName): Times {
    const known = this.outputs.get(name) ?? {
      on: undefined,
      since: 0,
      begun: undefined,
      flights: 0,
      ended: 0,
      leaving: 0,
    };
    this.outputs.set(name, known);
    return known;
  }
}
