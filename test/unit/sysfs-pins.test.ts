import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/log.js';
import type { InputOptions, OutputOptions, PinEdge } from '../../src/port/pin.js';
import { machinePins } from '../../src/port/pins.js';
import { MadeUpKernel } from '../support/made-up-kernel.js';
import { madeUpOnoff } from '../support/made-up-onoff.js';
import { failure, SysfsTree } from '../support/sysfs-tree.js';
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
let clock: VirtualClock;
let onoff: ReturnType<typeof madeUpOnoff>;
let notes: string[];
beforeEach(() => {
  tree = new SysfsTree().chip(512, 'pinctrl-bcm2711', 58);
  clock = new VirtualClock();
  onoff = madeUpOnoff(tree);
  notes = [];
});
afterEach(() => tree.close());

function pins(load: () => Promise<unknown> = onoff.load) {
  const note = (_: object, message: string) => void notes.push(message);
  const log = { ...silentLog, info: note, warn: note, child: () => log };
  const kernel = new MadeUpKernel(new Map());
  return machinePins({ clock, log, roots: tree.roots, kernel: () => kernel, onoff: load, write: tree.write })('shed');
}

async function input(options: Partial<InputOptions> = {}) {
  const edges: PinEdge[] = [];
  const failures: string[] = [];
  const open = await pins().openInput(
    { ...INPUT, ...options },
    { edges: (told) => void edges.push(...told), failed: ({ code }) => void failures.push(code) },
    never,
  );
  return { ...open, edges, failures, told: () => edges.map(({ active }) => active) };
}

describe('pins over sysfs', () => {
  it('A1: adds the base that belongs to the label', async () => {
    const output = await pins().openOutput(OUTPUT, never);
    output.write(true);
    expect(tree.read('gpio529/value')).toBe('1');
    expect(notes[0]).toBe(
      'pins of pinctrl-bcm2711 over sysfs (numbers from 512 on): this kernel has no GPIO character device (/dev/gpiochip*)',
    );
  });

  it('A2: takes a base by hand, for chips whose label says nothing', async () => {
    await pins().openOutput({ ...OUTPUT, backend: 'sysfs', base: 100 }, never);
    expect(tree.read('gpio117/direction')).toBe('out');
  });

  it('A3: without sysfs says so, and what to do', async () => {
    tree.close();
    tree = new SysfsTree();
    await expect(pins().openOutput({ ...OUTPUT, backend: 'sysfs' }, never)).rejects.toMatchObject({
      code: 'pin/no-sysfs',
      hint: expect.stringContaining('backend: auto'),
    });
    await expect(pins().openOutput(OUTPUT, never)).rejects.toMatchObject({ code: 'pin/no-chardev' });
  });

  it('A4: waits 2 s for the permission that udev gives late', async () => {
    tree.refused.set(529, 'EACCES');
    const opening = pins().openOutput(OUTPUT, never);
    await clock.advance(1_500);
    tree.refused.clear();
    await clock.advance(100);
    expect((await opening).read()).toBe(false);

    tree.refused.set(530, 'EACCES');
    const denied = pins()
      .openOutput({ ...OUTPUT, pin: 18 }, never)
      .catch(({ code, hint }) => ({ code, hint }));
    await clock.advance(2_100);
    expect(await denied).toMatchObject({ code: 'pin/denied', hint: expect.stringContaining('group gpio') });
    expect(clock.timers).toBe(0);
  });

  it('A5: does not try again for a line that a driver has', async () => {
    tree.refused.set(516, 'EBUSY');
    await expect(input()).rejects.toMatchObject({
      code: 'pin/busy',
      message: expect.stringMatching(/^GPIO 4 is held by/),
    });
    expect(tree.written).toEqual(['gpio/export=516']);
  });

  it.each([
    [false, true, 'high'],
    [false, false, 'low'],
    [true, true, 'low'],
    [true, false, 'high'],
  ])('A6: active-low %s, initial %s: direction and level in one write', async (activeLow, initial, word) => {
    const output = await pins().openOutput({ ...OUTPUT, activeLow, initial }, never);
    expect(tree.written).toEqual(['gpio/export=529', `gpio529/direction=${word}`]);
    expect(output.read()).toBe(initial);
  });

  it('A7: lets go once, as it is; an output to hold stays exported', async () => {
    const output = await pins().openOutput({ ...OUTPUT, initial: true }, never);
    output.close();
    output.close();
    expect(tree.written.filter((line) => line.startsWith('gpio/'))).toEqual(['gpio/export=529', 'gpio/unexport=529']);
    const held = await pins().openOutput({ ...OUTPUT, pin: 18, hold: true, initial: true }, never);
    held.close();
    expect(tree.read('gpio530/value')).toBe('1');
    const lost = await pins().openOutput({ ...OUTPUT, pin: 19, stays: true, initial: true }, never);
    lost.close();
    const back = await pins().openOutput({ ...OUTPUT, pin: 19, stays: true, initial: 'keep' }, never);
    expect(back.read()).toBe(true);
  });

  it('A8: believes a level that was stable, reads again, and tells only changes', async () => {
    const { told, read } = await input({ debounce: 20 });
    for (const high of [true, false, true]) {
      onoff.set(516, high);
      await clock.advance(15);
    }
    expect(told()).toEqual([]);
    expect(read()).toEqual([false]);
    await clock.advance(10);
    expect(told()).toEqual([true]);
    onoff.set(516, false);
    await clock.advance(10);
    onoff.set(516, true);
    await clock.advance(50);
    expect(told()).toEqual([true]);
  });

  it('A8: notices at the next look a change whose edge got lost', async () => {
    const { told, read } = await input({ debounce: 20 });
    tree.write(`${tree.gpio}/gpio516/value`, '1');
    expect(read()).toEqual([false]);
    await clock.advance(25);
    expect(told()).toEqual([true]);
    expect(read()).toEqual([true]);
  });

  it('A9: puts right what a line exported before had', async () => {
    tree.exported(516, { direction: 'out', active_low: '1' });
    const { read } = await input({ activeLow: true });
    expect(['direction', 'edge', 'active_low'].map((file) => tree.read(`gpio516/${file}`))).toEqual([
      'in',
      'both',
      '0',
    ]);
    expect(read()).toEqual([true]);
    expect(notes).toContain('GPIO 4 was exported before, by an earlier run or a program that ended; taken over');
  });

  it('A9: says when a setting did not take', async () => {
    const stubborn = (path: string, text: string) => {
      if (!path.endsWith('direction')) tree.write(path, text);
    };
    tree.exported(516, { direction: 'out' });
    const load = () => madeUpOnoff(Object.assign(Object.create(tree), { write: stubborn })).load();
    const opening = pins(load).openInput(INPUT, { edges: () => {}, failed: () => {} }, never);
    await expect(opening).rejects.toMatchObject({ code: 'pin/state', message: expect.stringContaining('GPIO 4') });
  });

  it('A9: refuses a line that a running program has open', async () => {
    tree.exported(529);
    const fds = `${tree.roots.proc}/4711/fd`;
    mkdirSync(fds, { recursive: true });
    symlinkSync(`${tree.gpio}/gpio529/value`, `${fds}/7`);
    writeFileSync(`${tree.roots.proc}/4711/comm`, 'pigpiod\n');
    await expect(pins().openOutput(OUTPUT, never)).rejects.toMatchObject({
      code: 'pin/busy',
      message: 'GPIO 17 is held by `pigpiod (pid 4711)`',
    });
  });

  it('A10: says what to do where onoff is missing or was built for another Node; outputs need none', async () => {
    const missing = () => Promise.reject(failure('ERR_MODULE_NOT_FOUND'));
    const alien = () => Promise.reject(failure('ERR_DLOPEN_FAILED'));
    const open = (load: () => Promise<unknown>) =>
      pins(load).openInput(INPUT, { edges: () => {}, failed: () => {} }, never);
    await expect(open(missing)).rejects.toMatchObject({
      code: 'pin/no-onoff',
      message: expect.stringContaining('not installed'),
    });
    await expect(open(alien)).rejects.toMatchObject({
      code: 'pin/no-onoff',
      message: expect.stringContaining('npm rebuild epoll'),
    });
    await pins(missing).openOutput(OUTPUT, never);
  });

  it('keeps a running output as it is, to the letter', async () => {
    tree.exported(529, { direction: 'out', value: '1' });
    const output = await pins().openOutput({ ...OUTPUT, initial: 'keep' }, never);
    expect([output.read(), tree.written]).toEqual([true, []]);
  });

  it('tells only the edges that were asked for, electrical ones turned round', async () => {
    const { told } = await input({ activeLow: true, edges: 'active' });
    expect(tree.read('gpio516/edge')).toBe('falling');
    for (const high of [true, false, true, false]) onoff.set(516, high);
    expect(told()).toEqual([true, true]);
  });

  it('an edge of a chip that is gone ends the input, not the process', async () => {
    const { failures } = await input();
    tree.write(`${tree.gpio}/unexport`, '516');
    onoff.edge(516);
    expect(failures).toEqual(['pin/lost']);
  });

  it('says how to set the pull resistor, which sysfs can’t', async () => {
    await input({ pull: 'up' });
    expect(notes.at(-1)).toBe("GPIO 4: sysfs can't set the pull resistor; put `gpio=4=pu` into config.txt");
  });

  it('gives back what it opened when one of several pins fails', async () => {
    tree.refused.set(518, 'EBUSY');
    await expect(input({ pins: [5, 6] })).rejects.toMatchObject({ code: 'pin/busy' });
    expect(tree.read('gpio517/value')).toBeUndefined();
  });

  it.runIf(process.getuid?.() !== 0)('waits for files that may not be written yet', async () => {
    tree.exported(529);
    chmodSync(`${tree.gpio}/gpio529/value`, 0o400);
    const opening = pins().openOutput(OUTPUT, never);
    await clock.advance(500);
    chmodSync(`${tree.gpio}/gpio529/value`, 0o600);
    await clock.advance(100);
    expect((await opening).read()).toBe(false);
  });
});
