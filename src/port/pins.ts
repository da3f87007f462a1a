import type { Clock } from '../clock.js';
import { BridgeError } from '../error.js';
import type { Log } from '../log.js';
import { openChipInputs, openChipOutput } from './chip-pins.js';
import { type ChipKernel, systemKernel } from './chip-pins-kernel.js';
import { loadOnoff, openSysfsInputs, openSysfsOutput, type SysfsAddress, type SysfsParts } from './onoff-pins.js';
import type { InputHandlers, InputOptions, OutputOptions, PinPlace, Pins, PinsOf, PwmOptions } from './pin.js';
import { type ChosenBackend, chooseBackend, type ProbeParts, piLabel, pinName, whereOf } from './pin-backend.js';
import { PinPool } from './pin-pool.js';
import { findPwm, openPwmChannel } from './pwm.js';
import { overwrite } from './sysfs-file.js';
import { SYSTEM_ROOTS, type SystemRoots } from './system-roots.js';

/** What the pins of a machine are built from; tests put a kernel and a tree of their own here. */
export interface MachinePinsParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly roots?: SystemRoots;
  readonly kernel?: () => ChipKernel;
  readonly onoff?: () => Promise<unknown>;
  readonly write?: typeof overwrite;
}

/** The pins of this machine; one pool over all devices. */
export function machinePins({ clock, log, ...parts }: MachinePinsParts): PinsOf {
  const { roots = SYSTEM_ROOTS, kernel = once(systemKernel), onoff = loadOnoff, write = overwrite } = parts;
  const pool = new PinPool();
  return (device) =>
    new MachinePins(device, pool, { roots, kernel }, { roots, clock, log: log.child({ device }), load: onoff, write });
}

/** The pins of this machine for one device. */
class MachinePins implements Pins {
  private told = new Set<string>();

  constructor(
    private readonly device: string,
    private readonly pool: PinPool,
    private readonly probe: ProbeParts,
    private readonly sysfs: Omit<SysfsParts, 'signal'>,
  ) {}

  async openInput(options: InputOptions, handlers: InputHandlers, signal: AbortSignal) {
    const { chosen, names } = this.choose(options, options.pins, false);
    return await this.owned(names, async () => {
      if (chosen.kind === 'sysfs') {
        const addresses = options.pins.map((pin) => addressOf(pin, chosen, options));
        return await openSysfsInputs(addresses, options, handlers, { ...this.sysfs, signal });
      }
      return openChipInputs(this.probe.kernel(), chosen.chip, names.join(' and '), options, handlers);
    });
  }

  async openOutput(options: OutputOptions, signal: AbortSignal) {
    const { chosen, names } = this.choose(options, [options.pin], options.hold);
    return await this.owned(names, async () => {
      if (chosen.kind === 'sysfs') {
        return await openSysfsOutput(addressOf(options.pin, chosen, options), options, { ...this.sysfs, signal });
      }
      return openChipOutput(this.probe.kernel(), chosen.chip, names.join(), options);
    });
  }

  async openPwm(options: PwmOptions, signal: AbortSignal) {
    const channel = findPwm(options, piLabel(this.probe), this.probe.roots.sys);
    return await this.owned([`channel ${channel.channel} of ${channel.chip}`], () =>
      openPwmChannel(channel, options, { ...this.sysfs, signal }),
    );
  }

  /** The interface for some pins; says once which it is, and why. */
  private choose(place: PinPlace, pins: readonly number[], hold: boolean) {
    const chosen = chooseBackend(place, hold, this.probe);
    const { chip, why } = chosen;
    const words = `pins of ${chip.label} over ${whereOf(chosen)}: ${why}`;
    if (!this.told.has(words)) this.sysfs.log.info({}, words);
    this.told.add(words);
    return { chosen, names: pins.map((pin) => pinName(pin, chip, place)) };
  }

  /** Opens pins that only this device has until they are closed. */
  private async owned<Open extends { close(): void }>(
    names: readonly string[],
    open: () => Promise<Open>,
  ): Promise<Open> {
    const giveBack = this.pool.take(names, this.device);
    try {
      const pins = await open();
      const close = pins.close.bind(pins);
      return Object.assign(pins, {
        close: () => {
          giveBack();
          close();
        },
      });
    } catch (error) {
      giveBack();
      throw error;
    }
  }
}

function addressOf(pin: number, chosen: ChosenBackend & { kind: 'sysfs' }, place: PinPlace): SysfsAddress {
  const { chip } = chosen;
  const name = pinName(pin, chip, place);
  if (pin < chip.lines) return { pin, number: chip.base + pin, name };
  throw new BridgeError('pin/missing', `there is no ${name}`, { hint: `the chip has lines 0 to ${chip.lines - 1}` });
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
