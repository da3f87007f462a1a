import { afterEach, beforeEach, expect, it } from 'vitest';
import { gpioKind } from '../../devices/gpio/kind.js';
import { settleLeftover } from '../../src/port/leftover-outputs.js';
import { MadeUpKernel } from '../support/made-up-kernel.js';
import { failure, SysfsTree } from '../support/sysfs-tree.js';

let tree: SysfsTree;
beforeEach(() => {
  tree = new SysfsTree().chip(512, 'pinctrl-bcm2711', 58).pwmChip('pwmchip0', 2);
});
afterEach(() => tree.close());

/** Settles what these points may have left on; what was found, and what went wrong. */
function settle(points: object, write = tree.write) {
  const outputs = gpioKind.leftovers?.(gpioKind.options.parse({ points })) ?? [];
  const kernel = new MadeUpKernel(new Map());
  return outputs.map((output) => settleLeftover(output, { kernel: () => kernel, roots: tree.roots, write }));
}

it('puts exported outputs to their safe level, and leaves them exported', () => {
  for (const number of [529, 530, 531]) tree.exported(number, { direction: 'out', value: '1' });
  const points = {
    lamp: { pin: 17, direction: 'out' },
    relay: { pin: 18, direction: 'out', activeLow: true },
    fridge: { pin: 19, direction: 'out', safe: true, onExit: 'hold' },
    door: { pin: 4, direction: 'in' },
  };
  expect(settle(points)).toEqual(['GPIO 17', 'GPIO 18']);
  expect(tree.written).toEqual(['gpio529/direction=low', 'gpio530/direction=high']);
});

it('touches no input and nothing that was not exported', () => {
  tree.exported(529, { direction: 'in' });
  expect(settle({ a: { pin: 17, direction: 'out' }, b: { pin: 27, direction: 'out' } })).toEqual([
    undefined,
    undefined,
  ]);
  expect(tree.written).toEqual([]);
});

it('puts a running PWM channel to its safe share', () => {
  tree.write(`${tree.pwm}/pwmchip0/export`, '0');
  for (const [file, text] of Object.entries({ period: '1000', duty_cycle: '900', enable: '1' })) {
    tree.write(`${tree.pwm}/pwmchip0/pwm0/${file}`, text);
  }
  expect(settle({ fan: { pin: 18, direction: 'out', pwm: {}, activeLow: true, safe: 20 } })).toEqual([
    'channel 0 of pwmchip0',
  ]);
  expect(tree.read('pwmchip0/pwm0/duty_cycle')).toBe('800');
});

it('minds a PWM channel that somebody left turned round', () => {
  tree.pwmChannel('pwmchip0', 0, { period: 1000, duty_cycle: 100, enable: 1, polarity: 'inversed' });
  settle({ fan: { pin: 18, direction: 'out', pwm: {}, safe: 20 } });
  expect(tree.read('pwmchip0/pwm0/duty_cycle')).toBe('800');
});

it('has nothing to do on a system without sysfs GPIO', () => {
  tree.close();
  tree = new SysfsTree();
  expect(settle({ lamp: { pin: 17, direction: 'out' }, fan: { pin: 18, direction: 'out', pwm: {} } })).toEqual([
    undefined,
    undefined,
  ]);
});

it('says what it was not allowed to do', () => {
  tree.exported(529, { direction: 'out', value: '1' });
  const denied = () => {
    throw failure('EACCES');
  };
  expect(() => settle({ lamp: { pin: 17, direction: 'out' } }, denied)).toThrow(
    expect.objectContaining({ code: 'pin/denied' }),
  );
});
