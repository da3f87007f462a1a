import type { Clock, Timer } from '../../src/clock.js';
import { BridgeError } from '../../src/error.js';
import type { InputHandlers, InputOptions, OutputOptions, Pins, PwmOptions } from '../../src/port/pin.js';

/** An input that somebody has open. */
interface Watcher {
  readonly options: InputOptions;
  readonly handlers: InputHandlers;
  /** Logical levels that were told, by pin. */
  readonly told: Map<number, boolean>;
  readonly settling: Map<number, Timer>;
}

/** A bank of pins without a chip, for tests and `bench`: levels go in, levels come out. */
export class SimulatedPins implements Pins {
  /** Pins whose outputs do not obey, as when they are shorted. */
  readonly stuck = new Set<number>();
  /** Pins that somebody else has. */
  readonly occupied = new Set<number>();
  /** Every level that an output had, oldest first, as `17=1`. */
  readonly history: string[] = [];

  /** Pins whose edges are not told. */
  readonly deaf = new Set<number>();
  /** Pins in the order in which they were opened. */
  readonly order: number[] = [];
  /** How many pins are open. */
  opened = 0;

  private readonly lost = new Map<number, number>();
  private readonly levels = new Map<number, boolean>();
  private readonly watchers = new Set<Watcher>();
  private readonly shares = new Map<number, number>();
  private gone = false;

  constructor(private readonly clock: Clock) {}

  /** The electrical level of a pin. */
  level(pin: number): boolean {
    return this.levels.get(pin) ?? false;
  }

  /** The share of a pulse-width output, 0 to 1. */
  share(pin: number): number | undefined {
    return this.shares.get(pin);
  }

  /** Sets the electrical level of an input, as what is wired to it would. */
  set(pin: number, high: boolean): void {
    const before = this.level(pin);
    this.levels.set(pin, high);
    if (before === high) return;
    for (const watcher of this.watchers) {
      if (watcher.options.pins.includes(pin)) this.changed(watcher, pin);
    }
  }

  /** A short pulse: high, then low. */
  pulse(pin: number): void {
    this.set(pin, true);
    this.set(pin, false);
  }

  /** So many edges of a pin get lost before the next one that is told. */
  lose(pin: number, edges: number): void {
    this.lost.set(pin, edges);
  }

  /** The chip goes away, and with it everything that was open. */
  vanish(): void {
    this.gone = true;
    for (const { handlers } of [...this.watchers]) handlers.failed(gone());
  }

  /** The chip is back. */
  appear(): void {
    this.gone = false;
  }

  async openInput(options: InputOptions, handlers: InputHandlers) {
    for (const pin of options.pins) this.take(pin);
    const watcher: Watcher = { options, handlers, told: new Map(), settling: new Map() };
    for (const pin of options.pins) watcher.told.set(pin, this.active(pin, options.activeLow));
    this.watchers.add(watcher);
    return {
      read: () => {
        this.check();
        return options.pins.map((pin) =>
          options.debounce > 0 ? (watcher.told.get(pin) ?? false) : this.active(pin, options.activeLow),
        );
      },
      close: () => {
        if (this.watchers.delete(watcher)) this.opened -= options.pins.length;
        for (const timer of watcher.settling.values()) timer.cancel();
      },
    };
  }

  async openOutput({ pin, activeLow, initial, otherwise }: OutputOptions) {
    this.take(pin);
    const drive = (active: boolean) => {
      if (this.stuck.has(pin)) return;
      this.levels.set(pin, active !== activeLow);
      this.history.push(`${pin}=${Number(active !== activeLow)}`);
    };
    if (initial !== 'keep') drive(initial);
    else if (!this.levels.has(pin)) drive(otherwise);
    const write = (active: boolean) => {
      this.check();
      drive(active);
    };
    const read = () => {
      this.check();
      return this.active(pin, activeLow);
    };
    return { read, write, close: this.closer() };
  }

  async openPwm({ pin, channel, initial, otherwise }: PwmOptions) {
    const key = pin ?? channel ?? 0;
    this.take(key);
    if (initial !== 'keep') this.shares.set(key, initial);
    else if (!this.shares.has(key)) this.shares.set(key, otherwise);
    return {
      read: () => this.shares.get(key) ?? 0,
      write: (share: number) => {
        this.check();
        if (!this.stuck.has(key)) this.shares.set(key, share);
      },
      close: this.closer(),
    };
  }

  private changed(watcher: Watcher, pin: number): void {
    const { debounce } = watcher.options;
    watcher.settling.get(pin)?.cancel();
    if (debounce === 0) this.tell(watcher, pin);
    else
      watcher.settling.set(
        pin,
        this.clock.after(debounce, () => this.tell(watcher, pin)),
      );
  }

  private tell({ options, handlers, told }: Watcher, pin: number): void {
    const active = this.active(pin, options.activeLow);
    if (told.get(pin) === active) return;
    told.set(pin, active);
    if (this.deaf.has(pin) || (options.edges !== 'both' && active !== (options.edges === 'active'))) return;
    const lost = this.lost.get(pin) ?? 0;
    this.lost.delete(pin);
    handlers.edges([{ pin, active, at: this.clock.now(), lost }]);
  }

  private active(pin: number, activeLow: boolean): boolean {
    return this.level(pin) !== activeLow;
  }

  private take(pin: number): void {
    this.check();
    if (this.occupied.has(pin)) throw new BridgeError('pin/busy', `GPIO ${pin} is held by another program`);
    this.order.push(pin);
    this.opened++;
  }

  private closer(): () => void {
    let open = true;
    return () => {
      if (open) this.opened--;
      open = false;
    };
  }

  private check(): void {
    if (this.gone) throw gone();
  }
}

function gone(): BridgeError {
  return new BridgeError('pin/lost', 'the chip is gone');
}
