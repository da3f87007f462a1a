import type { Clock } from '../clock.js';
import { BridgeError } from '../error.js';
import type { Log } from '../log.js';
import { Debounce } from './debounce.js';
import { loadFailure } from './onoff-failure.js';
import type { Edges, InputHandlers, InputOptions, InputPins, OutputOptions, OutputPin } from './pin.js';
import { pinFault } from './pin-fault.js';
import type { SysfsAccess } from './sysfs-file.js';
import { SysfsLine } from './sysfs-line.js';

/** What of onoff is used. */
export interface OnoffModule {
  readonly Gpio: new (number: number, direction: 'in', edge: string, options: { activeLow: false }) => OnoffInput;
}

interface OnoffInput {
  readSync(): 0 | 1;
  watch(changed: (error: unknown, value: 0 | 1) => void): void;
  unexport(): void;
}

/** What pins in sysfs are opened with. */
export interface SysfsParts extends SysfsAccess {
  readonly log: Log;
  /** Loads the optional package. */
  readonly load: () => Promise<unknown>;
}

/** A line by its number in sysfs and its name for people. */
export interface SysfsAddress {
  readonly pin: number;
  readonly number: number;
  readonly name: string;
}

/** A string to the compiler, which must build where the optional package is absent. */
const ONOFF: string = 'onoff';

/** Loads onoff. */
export const loadOnoff = (): Promise<unknown> => import(ONOFF);

/** Opens inputs through sysfs; the kernel tells edges but does not count them. Throws `pin/…`. */
export async function openSysfsInputs(
  addresses: readonly SysfsAddress[],
  options: InputOptions,
  handlers: InputHandlers,
  parts: SysfsParts,
): Promise<InputPins> {
  const { Gpio } = await onoff(parts.load);
  if (options.pull !== undefined) {
    const names = addresses.map(({ name }) => name).join(', ');
    const line = `gpio=${addresses.map(({ pin }) => pin).join(',')}=p${options.pull[0]}`;
    parts.log.warn({}, `${names}: sysfs can't set the pull resistor; put \`${line}\` into config.txt`);
  }
  const inputs: SysfsInput[] = [];
  const close = () => {
    for (const input of inputs) input.close();
  };
  try {
    for (const address of addresses) {
      const line = await openLine(address, parts);
      try {
        inputs.push(
          new SysfsInput(address.pin, line, new Watched(Gpio, line, options), options, handlers, parts.clock),
        );
      } catch (error) {
        line.unexport();
        throw error;
      }
    }
  } catch (error) {
    close();
    throw error;
  }
  return { read: () => inputs.map((input) => input.look()), close };
}

/** Opens an output through sysfs. It stays as it is when the process dies: whoever starts next finds it so. Throws `pin/…`. */
export async function openSysfsOutput(
  address: SysfsAddress,
  options: OutputOptions,
  parts: SysfsParts,
): Promise<OutputPin> {
  const { activeLow, initial, otherwise, hold, stays = false } = options;
  const line = await openLine(address, parts);
  const keeps = initial === 'keep' && line.adopted && line.isOutput;
  if (!keeps) line.drive((initial === 'keep' ? otherwise : initial) !== activeLow);
  let closed = false;
  return {
    read: () => line.read() !== activeLow,
    write: (active) => line.write(active !== activeLow),
    close: () => {
      if (!closed && !hold && !stays) line.unexport();
      closed = true;
    },
  };
}

async function openLine({ number, name }: SysfsAddress, parts: SysfsParts): Promise<SysfsLine> {
  const line = await SysfsLine.open(number, name, parts);
  if (line.adopted)
    parts.log.info({}, `${name} was exported before, by an earlier run or a program that ended; taken over`);
  return line;
}

async function onoff(load: SysfsParts['load']): Promise<OnoffModule> {
  try {
    return (await load()) as OnoffModule;
  } catch (cause) {
    throw new BridgeError('pin/no-onoff', loadFailure(cause), {
      hint: 'inputs over sysfs need it; `backend: auto` works without it where there is a /dev/gpiochip*',
      cause,
    });
  }
}

/** onoff's watch of one exported line; onoff keeps silent about settings that a line exported before did not take. */
class Watched {
  private readonly gpio: OnoffInput;
  private failed: (error: unknown) => void = () => {};

  constructor(Gpio: OnoffModule['Gpio'], line: SysfsLine, { edges, activeLow, debounce }: InputOptions) {
    const edge = debounce > 0 ? 'both' : electrical(edges, activeLow);
    const fail = (error: unknown) => this.failed(error);
    // onoff reads when an edge comes; where the chip is gone by then, that would end the process.
    const Guarded = class extends Gpio {
      override readSync(): 0 | 1 {
        try {
          return super.readSync();
        } catch (error) {
          fail(error);
          return 0;
        }
      }
    };
    this.gpio = new Guarded(line.number, 'in', edge, { activeLow: false });
    line.verify('direction', 'in');
    line.verify('edge', edge);
  }

  watch(changed: (high: boolean) => void, failed: (error: unknown) => void): void {
    this.failed = failed;
    this.gpio.watch((error, value) => {
      if (error) failed(error);
      else changed(value === 1);
    });
  }

  close(): void {
    this.gpio.unexport();
  }
}

function electrical(edges: Edges, activeLow: boolean): string {
  if (edges === 'both') return 'both';
  return (edges === 'active') === activeLow ? 'falling' : 'rising';
}

/** One input: what it was last told to be, and its debouncing. */
class SysfsInput {
  private readonly debounce: Debounce | undefined;
  private closed = false;

  constructor(
    private readonly pin: number,
    private readonly line: SysfsLine,
    private readonly watched: Watched,
    private readonly options: InputOptions,
    private readonly handlers: InputHandlers,
    private readonly clock: Clock,
  ) {
    if (options.debounce > 0) {
      const level = () => this.attempt(() => this.active) ?? this.debounce?.value ?? false;
      this.debounce = new Debounce(clock, options.debounce, this.active, level, (active) => this.tell(active));
    }
    watched.watch(
      (high) => {
        if (this.debounce) this.debounce.changed();
        else this.tell(high !== options.activeLow);
      },
      (error) => this.fail(error),
    );
  }

  /** The level; notices a change whose edge got lost. */
  look(): boolean {
    if (!this.debounce) return this.active;
    this.debounce.look();
    return this.debounce.value;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.debounce?.cancel();
    this.watched.close();
  }

  private get active(): boolean {
    return this.line.read() !== this.options.activeLow;
  }

  private tell(active: boolean): void {
    const { edges } = this.options;
    if (this.closed || (edges !== 'both' && active !== (edges === 'active'))) return;
    this.handlers.edges([{ pin: this.pin, active, at: this.clock.now(), lost: 0 }]);
  }

  private fail(error: unknown): void {
    if (this.closed) return;
    this.handlers.failed(pinFault({ name: this.line.name, cause: error }));
  }

  private attempt<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }
}
