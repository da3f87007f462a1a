import { mkdirSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/log.js';
import { chipNodes } from '../../src/port/chip-nodes.js';
import type { InputOptions, OutputOptions, PinEdge } from '../../src/port/pin.js';
import { machinePins } from '../../src/port/pins.js';
import { MadeUpChip, MadeUpKernel } from '../support/made-up-kernel.js';
import { SysfsTree } from '../support/sysfs-tree.js';
import { VirtualClock } from '../support/virtual-clock.js';

const INPUT: InputOptions = { backend: 'auto', pins: [4], activeLow: false, debounce: 0, edges: 'both' };
const OUTPUT: OutputOptions = {
  backend: 'auto',
  pin: 17,
  activeLow: false,
  initial: false,
  otherwise: false,
  hold: false,
};
const never = new AbortController().signal;

let tree: SysfsTree;
let pi: MadeUpChip;
let kernel: MadeUpKernel;
beforeEach(() => {
  tree = new SysfsTree();
  mkdirSync(tree.roots.dev, { recursive: true });
  for (const name of ['gpiochip0', 'gpiochip10', 'null']) writeFileSync(`${tree.roots.dev}/${name}`, '');
  pi = new MadeUpChip('pinctrl-bcm2711', 58);
  const expander = new MadeUpChip('mcp23017', 16);
  kernel = new MadeUpKernel(
    new Map([
      [`${tree.roots.dev}/gpiochip0`, expander],
      [`${tree.roots.dev}/gpiochip10`, pi],
    ]),
  );
});
afterEach(() => tree.close());

const of = (device: string) => all(device);
let all: ReturnType<typeof machinePins>;
beforeEach(() => {
  all = machinePins({ clock: new VirtualClock(), log: silentLog, roots: tree.roots, kernel: () => kernel });
});

async function input(options: Partial<InputOptions> = {}) {
  const edges: PinEdge[] = [];
  const failures: string[] = [];
  const handlers = {
    edges: (told: readonly PinEdge[]) => void edges.push(...told),
    failed: (error: Error & { code: string }) => void failures.push(error.code),
  };
  const pins = await of('shed').openInput({ ...INPUT, ...options }, handlers, never);
  return { pins, edges, failures };
}

describe('the character device', () => {
  it('lists chips in the order of their numbers', () => {
    const labels = chipNodes(kernel, tree.roots.dev).map(({ label, lines }) => `${label} ${lines}`);
    expect(labels).toEqual(['mcp23017 16', 'pinctrl-bcm2711 58']);
    expect(kernel.opened).toBe(0);
  });

  it('A2: takes the Pi’s chip, wherever it is in the list; BCM numbers are its offsets', async () => {
    const output = await of('shed').openOutput({ ...OUTPUT, initial: true }, never);
    expect(pi.line(17)).toMatchObject({ high: true, consumer: 'carter-bridge', driven: [true] });
    output.write(false);
    expect([output.read(), pi.line(17).high]).toEqual([false, false]);
    output.close();
    expect([pi.line(17).consumer, kernel.opened]).toEqual(['', 0]);
  });

  it.each([
    [false, false, [false]],
    [false, true, [true]],
    [true, false, [true]],
    [true, true, [false]],
  ])('A6: active-low %s, initial %s: the first level is the only one', async (activeLow, initial, driven) => {
    const output = await of('shed').openOutput({ ...OUTPUT, activeLow, initial }, never);
    expect(pi.line(17).driven).toEqual(driven);
    expect(output.read()).toBe(initial);
  });

  it('A6: keeps a running output as it is, and gives another one its level', async () => {
    Object.assign(pi.line(17), { high: true, output: true });
    const kept = await of('shed').openOutput({ ...OUTPUT, initial: 'keep' }, never);
    expect([kept.read(), pi.line(17).driven]).toEqual([true, [true]]);
    const fresh = await of('shed').openOutput({ ...OUTPUT, pin: 18, initial: 'keep', otherwise: true }, never);
    expect([fresh.read(), pi.line(18).driven]).toEqual([true, [true]]);
  });

  it('A7: letting go twice is harmless; what was let go can’t be switched', async () => {
    const output = await of('shed').openOutput(OUTPUT, never);
    output.close();
    output.close();
    expect(() => output.write(true)).toThrow(expect.objectContaining({ code: 'pin/closed' }));
  });

  it('tells edges with the kernel’s time, and how many were lost', async () => {
    const { edges } = await input();
    kernel.set(pi, 4, true, 5_000_000n);
    kernel.set(pi, 4, false, 7_500_000n, 3);
    kernel.wake();
    expect(edges).toEqual([
      { pin: 4, active: true, at: 5, lost: 0 },
      { pin: 4, active: false, at: 7.5, lost: 3 },
    ]);
  });

  it('asks the kernel for debouncing, pull resistor, polarity and edges', async () => {
    await input({ debounce: 20, pull: 'up', activeLow: true, edges: 'active' });
    expect(kernel.debounces).toEqual([20_000]);
    // active low, input, rising, pull-up
    expect(kernel.flags).toEqual([2n | 4n | 16n | 256n]);
  });

  it('reads several pins as one', async () => {
    const { pins, edges } = await input({ pins: [5, 6], activeLow: true });
    kernel.set(pi, 6, true, 1n);
    expect(pins.read()).toEqual([true, false]);
    kernel.wake();
    expect(edges.map(({ pin, active }) => `${pin}${active}`)).toEqual(['6false']);
    pins.close();
    expect(kernel.opened).toBe(0);
  });

  it('says once that the chip is gone', async () => {
    const { failures } = await input();
    kernel.vanish(pi);
    kernel.vanish(pi);
    expect(failures).toEqual(['pin/lost']);
  });

  it('A5: names who has a line', async () => {
    pi.line(4).consumer = 'onewire@4';
    await expect(input()).rejects.toMatchObject({
      code: 'pin/busy',
      message: 'GPIO 4 is held by `onewire@4`',
      hint: expect.stringContaining('config.txt'),
    });
    pi.line(4).consumer = 'sysfs';
    await expect(input()).rejects.toMatchObject({ code: 'pin/busy', hint: expect.stringContaining('backend: sysfs') });
    expect(kernel.opened).toBe(0);
  });

  it('A4: says who may use it where this user may not', async () => {
    for (const name of ['gpiochip0', 'gpiochip10']) kernel.deny(`${tree.roots.dev}/${name}`);
    await expect(input({ backend: 'chardev' })).rejects.toMatchObject({
      code: 'pin/denied',
      hint: expect.stringContaining('group gpio'),
    });
  });

  it('refuses lines that the chip does not have, and pins that a device has already', async () => {
    await expect(input({ pins: [58] })).rejects.toMatchObject({ code: 'pin/missing' });
    const first = await input();
    await expect(of('yard').openOutput({ ...OUTPUT, pin: 4 }, never)).rejects.toMatchObject({
      code: 'pin/taken',
      message: 'GPIO 4 is used by device `shed` already',
    });
    first.pins.close();
    await of('yard').openOutput({ ...OUTPUT, pin: 4 }, never);
  });
});
