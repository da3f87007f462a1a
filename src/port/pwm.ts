import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BridgeError } from '../error.js';
import { printable } from '../text.js';
import type { PwmOptions, PwmPin } from './pin.js';
import { pinFault } from './pin-fault.js';
import { allowed, type SysfsAccess } from './sysfs-file.js';
import { attribute } from './usb-identity.js';

/** Which channel a header pin carries, by the label of the Pi's GPIO chip; the chip is the first with that many channels. */
const HEADER: ReadonlyMap<string, { channels: number; pins: Readonly<Record<number, number>> }> = new Map([
  ['pinctrl-bcm2835', { channels: 2, pins: { 12: 0, 13: 1, 18: 0, 19: 1 } }],
  ['pinctrl-bcm2711', { channels: 2, pins: { 12: 0, 13: 1, 18: 0, 19: 1 } }],
  ['pinctrl-rp1', { channels: 4, pins: { 12: 0, 13: 1, 14: 2, 15: 3, 18: 2, 19: 3 } }],
]);

const OVERLAY = 'put `dtoverlay=pwm-2chan` into config.txt and restart; `ls /sys/class/pwm` shows the chips';

/** One channel of a PWM chip. */
export interface PwmChannel {
  readonly chip: string;
  readonly channel: number;
}

/** The channel that is meant; `label` is that of the Pi's GPIO chip, where it is known. Throws `pin/no-pwm`. */
export function findPwm(
  { pin, chip, channel }: Pick<PwmOptions, 'pin' | 'chip' | 'channel'>,
  label: string | undefined,
  sys: string,
): PwmChannel {
  const chips = pwmChips(sys);
  const header = HEADER.get(label ?? '');
  const wanted = channel ?? (pin === undefined ? undefined : header?.pins[pin]);
  if (wanted === undefined) {
    const pins = Object.keys(header?.pins ?? {}).join(', ');
    const message = pin === undefined ? 'no PWM channel is named' : `GPIO ${pin} has no PWM channel that is known here`;
    const hint = pins ? `those that have one: ${pins}` : 'name `pwm.chip` and `pwm.channel`';
    throw new BridgeError('pin/no-pwm', message, { hint });
  }
  const found = chips.find((one) => (chip === undefined ? one.channels === header?.channels : one.chip === chip));
  if (!found) {
    const names = chips.map((one) => one.chip).join(', ');
    const which = chip === undefined ? '' : ` ${printable(chip)}`;
    throw new BridgeError('pin/no-pwm', `there is no PWM chip${which}${names ? `, only ${names}` : ''}`, {
      hint: OVERLAY,
    });
  }
  if (wanted < found.channels) return { chip: found.chip, channel: wanted };
  const hint = `it has channels 0 to ${found.channels - 1}`;
  throw new BridgeError('pin/no-pwm', `${found.chip} has no channel ${wanted}`, { hint });
}

function pwmChips(sys: string): { chip: string; channels: number }[] {
  const folder = join(sys, 'class/pwm');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^pwmchip\d+$/.test(name))
    .map((chip) => ({ chip, channels: Number(attribute(join(folder, chip), 'npwm') ?? 0) }))
    .sort((a, b) => a.chip.localeCompare(b.chip, 'en', { numeric: true }));
}

/** Whether a channel is turned round: its duty is then the time that the line is low. Someone may have left it so. */
export function isInversed(folder: string): boolean {
  return attribute(folder, 'polarity') === 'inversed';
}

/** Opens a channel; it is switched on with its first share already set. Throws `pin/…`; takes at most 2 s. */
export async function openPwmChannel(
  { chip, channel }: PwmChannel,
  options: PwmOptions,
  access: SysfsAccess,
): Promise<PwmPin> {
  const name = `channel ${channel} of ${chip}`;
  const { hold, stays = false, activeLow, initial, otherwise, frequency } = options;
  const home = join(access.roots.sys, 'class/pwm', chip);
  const folder = join(home, `pwm${channel}`);
  const number = (file: string) => Number(attribute(folder, file) ?? Number.NaN);
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      throw pinFault({ name, cause });
    }
  };
  if (!existsSync(folder)) attempt(() => access.write(join(home, 'export'), String(channel)));
  await allowed(folder, ['period', 'duty_cycle', 'enable'], access).catch((cause) => {
    throw pinFault({ name, cause });
  });
  const turned = activeLow !== isInversed(folder);
  const period = Math.round(1e9 / frequency);
  const read = () => {
    const share = number('enable') === 1 ? number('duty_cycle') / number('period') : 0;
    if (Number.isNaN(share)) throw new BridgeError('pin/lost', `${name} is gone`);
    return turned ? 1 - share : share;
  };
  const set = (file: string, value: number) => attempt(() => access.write(join(folder, file), String(value)));
  const dutyOf = (share: number) => Math.round((turned ? 1 - share : share) * period);
  const runs = number('enable') === 1;
  const duty = dutyOf(initial === 'keep' ? (runs ? read() : otherwise) : initial);
  // The kernel takes no period below the time that is set to be on; a running channel changes without a stop.
  const shorter = runs && duty <= number('period');
  if (shorter) set('duty_cycle', duty);
  if (number('period') !== period) set('period', period);
  if (!shorter) set('duty_cycle', duty);
  if (!runs) set('enable', 1);
  let closed = false;
  return {
    read,
    write: (share) => set('duty_cycle', dutyOf(share)),
    close: () => {
      const leaves = !closed && !hold && !stays && existsSync(folder);
      closed = true;
      if (leaves) attempt(() => access.write(join(home, 'unexport'), String(channel)));
    },
  };
}
