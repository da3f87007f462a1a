import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/log.js';
import type { PwmOptions } from '../../src/port/pin.js';
import { machinePins } from '../../src/port/pins.js';
import { MadeUpKernel } from '../support/made-up-kernel.js';
import { SysfsTree } from '../support/sysfs-tree.js';
import { VirtualClock } from '../support/virtual-clock.js';

const PWM: PwmOptions = { pin: 18, frequency: 1_000, activeLow: false, initial: 0, otherwise: 0, hold: false };
const never = new AbortController().signal;

let tree: SysfsTree;
beforeEach(() => {
  tree = new SysfsTree();
});
afterEach(() => tree.close());

const open = (options: Partial<PwmOptions> = {}) =>
  machinePins({
    clock: new VirtualClock(),
    log: silentLog,
    roots: tree.roots,
    kernel: () => new MadeUpKernel(new Map()),
    write: tree.write,
  })('shed').openPwm({ ...PWM, ...options }, never);

describe('the kernel’s PWM', () => {
  it.each([
    ['pinctrl-bcm2711', 'pwmchip0', 2, 18, 0],
    ['pinctrl-bcm2835', 'pwmchip0', 2, 13, 1],
    ['pinctrl-rp1', 'pwmchip2', 4, 19, 3],
  ])('%s: finds chip and channel by the pin', async (label, chip, channels, pin, channel) => {
    tree.chip(512, label, 54).pwmChip('pwmchip7', 1).pwmChip(chip, channels);
    await open({ pin, initial: 0.25 });
    const files = ['period', 'duty_cycle', 'enable'].map((file) => tree.read(`${chip}/pwm${channel}/${file}`));
    expect(files).toEqual(['1000000', '250000', '1']);
  });

  it('is switched on only when its share is set, and never has another one', async () => {
    tree.chip(512, 'pinctrl-bcm2711', 58).pwmChip('pwmchip0', 2);
    const pwm = await open({ initial: 0.5 });
    pwm.write(0.75);
    expect(pwm.read()).toBe(0.75);
    pwm.close();
    pwm.close();
    expect(tree.written).toEqual([
      'pwmchip0/export=0',
      'pwm0/period=1000000',
      'pwm0/duty_cycle=500000',
      'pwm0/enable=1',
      'pwm0/duty_cycle=750000',
      'pwmchip0/unexport=0',
    ]);
  });

  it('turns the share round for what is on where the pin is low', async () => {
    tree.chip(512, 'pinctrl-bcm2711', 58).pwmChip('pwmchip0', 2);
    const pwm = await open({ activeLow: true, initial: 0.2 });
    expect(pwm.read()).toBeCloseTo(0.2);
    expect(tree.read('pwmchip0/pwm0/duty_cycle')).toBe('800000');
  });

  it('is not deceived by a channel that somebody left turned round', async () => {
    tree.chip(512, 'pinctrl-bcm2711', 58).pwmChip('pwmchip0', 2).pwmChannel('pwmchip0', 0, { polarity: 'inversed' });
    const pwm = await open({ initial: 0.2 });
    expect(tree.read('pwmchip0/pwm0/duty_cycle')).toBe('800000');
    expect(pwm.read()).toBeCloseTo(0.2);
    pwm.write(0);
    expect(tree.read('pwmchip0/pwm0/duty_cycle')).toBe('1000000');
  });

  it('keeps a running channel, also when its frequency is another one', async () => {
    tree.chip(512, 'pinctrl-bcm2711', 58).pwmChip('pwmchip0', 2);
    const first = await open({ hold: true, initial: 0.6 });
    first.close();
    expect((await open({ stays: true, initial: 'keep' })).read()).toBe(0.6);
    const slower = await open({ hold: true, initial: 'keep', frequency: 100 });
    expect([slower.read(), tree.read('pwmchip0/pwm0/period')]).toEqual([0.6, '10000000']);
    (await open({ stays: true, initial: 'keep', frequency: 100 })).close();
    const faster = await open({ initial: 'keep', frequency: 20_000 });
    expect([faster.read(), tree.read('pwmchip0/pwm0/period')]).toEqual([0.6, '50000']);
    expect(tree.written).not.toContain('pwm0/duty_cycle=0');
    expect(tree.written.filter((line) => line.startsWith('pwm0/enable'))).toEqual(['pwm0/enable=1']);
  });

  it.each([
    ['no overlay', {}, [], /no PWM chip/, /dtoverlay=pwm-2chan/],
    ['a pin without PWM', { pin: 17 }, [2], /GPIO 17 has no PWM channel/, /12, 13, 18, 19/],
    [
      'a chip that is not there',
      { chip: 'pwmchip3', channel: 0 },
      [2],
      /no PWM chip pwmchip3, only pwmchip0/,
      /dtoverlay/,
    ],
    ['a channel that is not there', { chip: 'pwmchip0', channel: 2 }, [2], /pwmchip0 has no channel 2/, /0 to 1/],
  ])('%s is told in a sentence', async (_, options, chips, message, hint) => {
    tree.chip(512, 'pinctrl-bcm2711', 58);
    for (const channels of chips) tree.pwmChip('pwmchip0', channels);
    await expect(open(options)).rejects.toMatchObject({
      code: 'pin/no-pwm',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });
});
