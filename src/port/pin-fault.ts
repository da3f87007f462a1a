import { BridgeError } from '../error.js';

/** Something that failed at a pin, in the kernel's word. */
export interface PinTrouble {
  /** What it is about: `GPIO 17`. */
  readonly name: string;
  readonly cause: unknown;
  /** Who has the line, where the kernel tells. */
  readonly holder?: string | undefined;
}

/** The kernel's word for an error: `EBUSY`, …; undefined for anything else. */
export function errnoOf(error: unknown): string | undefined {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  return typeof code === 'string' && /^E[A-Z0-9]+$/.test(code) ? code : undefined;
}

/** One clear sentence for what the kernel says about a pin. */
export function pinFault({ name, cause, holder }: PinTrouble): BridgeError {
  if (cause instanceof BridgeError) return cause;
  switch (errnoOf(cause)) {
    case 'EBUSY':
      return busy(name, holder, cause);
    case 'EACCES':
    case 'EPERM':
      return new BridgeError('pin/denied', `no permission to use ${name}`, {
        hint: 'add the user that runs this to the group gpio: `sudo usermod -aG gpio $USER`, then log in again',
        cause,
      });
    case 'ENODEV':
    case 'ENXIO':
      return new BridgeError('pin/lost', `the chip of ${name} is gone`, { cause });
    case 'EINVAL':
      return new BridgeError('pin/missing', `the kernel refuses ${name}: there is no such line, or it can't do that`, {
        hint: 'pins are BCM numbers, 0 to 27 on the 40-pin header',
        cause,
      });
    default:
      return new BridgeError('pin/failed', `${name}: ${(cause as Error | null)?.message ?? String(cause)}`, { cause });
  }
}

function busy(name: string, holder: string | undefined, cause: unknown): BridgeError {
  if (holder === 'sysfs') {
    return new BridgeError('pin/busy', `${name} is exported through sysfs, by another program or a run that crashed`, {
      hint: 'set `backend: sysfs` to take it over, or write its number to /sys/class/gpio/unexport',
      cause,
    });
  }
  const who = holder === undefined ? 'another program, a kernel driver or an overlay' : `\`${holder}\``;
  return new BridgeError('pin/busy', `${name} is held by ${who}`, {
    hint: 'stop that program, or take the overlay (1-Wire, LED, SPI, …) out of config.txt; `gpioinfo` shows who has which line',
    cause,
  });
}
