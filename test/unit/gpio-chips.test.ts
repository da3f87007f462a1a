import { afterEach, describe, expect, it } from 'vitest';
import { pickChip, sysfsChips } from '../../src/port/gpio-chips.js';
import { SysfsTree } from '../support/sysfs-tree.js';

let tree: SysfsTree;
afterEach(() => tree.close());

describe('the chip of the header', () => {
  it.each([
    ['A1: a Pi 4 with kernel 6.6', 'pinctrl-bcm2711', 512],
    ['A1: a Pi 4 with kernel 5.10', 'pinctrl-bcm2711', 0],
    ['A1: a Pi 3 with kernel 6.1', 'pinctrl-bcm2835', 970],
    ['A1: a Zero 2 W', 'pinctrl-bcm2835', 512],
    ['A2: a Pi 5', 'pinctrl-rp1', 571],
    ['A2: a Pi 5 with another kernel', 'pinctrl-rp1', 399],
  ])('%s is found by its label, whatever its base', (_, label, base) => {
    tree = new SysfsTree()
      .chip(base + 200, 'raspberrypi-exp-gpio', 8)
      .chip(base, label, 54)
      .chip(base + 300, 'brcmvirt-gpio', 2);
    expect(pickChip(sysfsChips(tree.roots.sys), undefined)).toEqual({
      name: `gpiochip${base}`,
      label,
      base,
      lines: 54,
    });
  });

  it('A2: of the several chips of a Pi 5, the one on the header', () => {
    tree = new SysfsTree().chip(512, 'gpio-brcmstb@107d508500', 32).chip(571, 'pinctrl-rp1', 54);
    expect(pickChip(sysfsChips(tree.roots.sys), undefined).base).toBe(571);
  });

  it('can be named by label or name; another one is refused with what there is', () => {
    tree = new SysfsTree().chip(512, 'pinctrl-bcm2711', 58).chip(570, 'mcp23017', 16);
    const chips = sysfsChips(tree.roots.sys);
    expect(pickChip(chips, 'mcp23017').base).toBe(570);
    expect(pickChip(chips, 'gpiochip570').base).toBe(570);
    expect(() => pickChip(chips, 'pca9555')).toThrow(
      expect.objectContaining({
        code: 'pin/no-chip',
        hint: expect.stringContaining('gpiochip570 (mcp23017, 16 lines)'),
      }),
    );
  });

  it('is not guessed on a machine that is no Pi', () => {
    tree = new SysfsTree().chip(512, 'INT34C5:00', 200);
    expect(() => pickChip(sysfsChips(tree.roots.sys), undefined)).toThrow(
      expect.objectContaining({ code: 'pin/no-chip', hint: expect.stringContaining('INT34C5:00') }),
    );
  });

  it('A3: is not there without sysfs GPIO', () => {
    tree = new SysfsTree();
    expect(sysfsChips(tree.roots.sys)).toEqual([]);
  });
});
