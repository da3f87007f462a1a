import { existsSync } from 'node:fs';

/** Whether GPIO over sysfs can be used here, and a sentence that says why. */
export interface OnoffProbe {
  readonly usable: boolean;
  readonly reason: string;
}

/** A string to the compiler, which must build where the optional package is absent. */
const ONOFF: string = 'onoff';

/** Looks whether the optional package onoff and the kernel's sysfs GPIO are both there; never rejects, opens no pin. */
export async function probeOnoff(
  load: () => Promise<unknown> = () => import(ONOFF),
  gpioFolder = '/sys/class/gpio',
): Promise<OnoffProbe> {
  if (!existsSync(`${gpioFolder}/export`)) {
    return { usable: false, reason: `this kernel has no sysfs GPIO (${gpioFolder}/export does not exist)` };
  }
  try {
    await load();
    return { usable: true, reason: 'onoff is installed and the kernel has sysfs GPIO' };
  } catch (error) {
    return { usable: false, reason: loadFailure(error) };
  }
}

/** Why onoff can't be loaded, in a sentence. */
export function loadFailure(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND')
    return 'the optional package onoff is not installed';
  return 'the optional package onoff is installed but was not built for this Node.js: run `npm rebuild epoll`';
}
