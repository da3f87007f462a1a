// The pins themselves, on the kernel's two interfaces; each test names the complaint of users that it is about.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLog } from '/app/dist/src/log.js';
import { machinePins } from '/app/dist/src/port/pins.js';
import { systemClock } from '/app/dist/src/system-clock.js';
import { Chip } from './support/chip.mjs';
import { hideSysfs } from './support/hide.mjs';
import { Trace } from './support/trace.mjs';
import { until } from './support/wait.mjs';

const clock = systemClock();
const never = new AbortController().signal;
const INPUT = { pins: [4], activeLow: false, debounce: 0, edges: 'both', backend: 'auto' };
const OUTPUT = { pin: 17, activeLow: false, initial: false, otherwise: false, hold: false, backend: 'auto' };
const BACKENDS = ['chardev', 'sysfs'];

let undo = [];
afterEach(() => {
  for (const step of undo.reverse()) step();
  undo = [];
});

function chip(...args) {
  const made = new Chip(...args);
  undo.push(() => made.remove());
  return made;
}

function trace() {
  const made = new Trace();
  undo.push(() => made.end());
  return made;
}

/** Pins of a device; what was logged is in `notes`. */
function pins(parts = {}) {
  const notes = [];
  const note = (_, message) => notes.push(message);
  const log = { ...silentLog, info: note, warn: note, child: () => log };
  return Object.assign(machinePins({ clock, log, ...parts })('shed'), { notes });
}

/** Opens an input; what it told is in `edges`. */
async function input(options = {}, bank = pins()) {
  const edges = [];
  const failures = [];
  const handlers = { edges: (told) => edges.push(...told), failed: (error) => failures.push(error) };
  const open = await bank.openInput({ ...INPUT, ...options }, handlers, never);
  undo.push(() => open.close());
  return Object.assign(open, { edges, failures });
}

async function output(options = {}, bank = pins()) {
  const open = await bank.openOutput({ ...OUTPUT, ...options }, never);
  undo.push(() => open.close());
  return open;
}

const codeOf = (work) =>
  work.then(
    () => 'opened',
    ({ code, message, hint }) => ({ code, message, hint }),
  );

/** Runs a program in a process of its own, as the user pi where asked; it has `pins` and `say`. */
function program(text, { uid = 0 } = {}) {
  const head = `
    import { machinePins } from '/app/dist/src/port/pins.js';
    import { systemClock } from '/app/dist/src/system-clock.js';
    import { silentLog } from '/app/dist/src/log.js';
    const pins = machinePins({ clock: systemClock(), log: silentLog })('other');
    const never = new AbortController().signal;
    const INPUT = ${JSON.stringify(INPUT)}, OUTPUT = ${JSON.stringify(OUTPUT)};
    const say = (word) => console.log(JSON.stringify(word));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', head + text], {
    uid,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const said = [];
  child.stdout.on('data', (chunk) =>
    said.push(
      ...String(chunk)
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ),
  );
  const exited = once(child, 'exit');
  return {
    said,
    exited,
    kill: () => child.kill('SIGKILL'),
    pid: child.pid,
    get ended() {
      return child.exitCode !== null;
    },
  };
}

for (const backend of BACKENDS) {
  describe(`over ${backend}`, () => {
    test('A1, A2: BCM numbers, whatever the base, the order of chips and the model', async () => {
      chip('some-other-chip', { lines: 8 });
      for (const label of ['pinctrl-bcm2835', 'pinctrl-bcm2711', 'pinctrl-rp1']) {
        const pi = new Chip(label);
        assert.ok(pi.base >= 512, `base ${pi.base}`);
        const out = await output({ backend, initial: true });
        assert.equal(pi.level(17), 1);
        out.write(false);
        assert.equal(pi.level(17), 0);
        assert.equal(out.read(), false);
        const inp = await input({ backend });
        assert.deepEqual(inp.read(), [false]);
        pi.pull(4, true);
        await until(() => inp.edges.length === 1, 'the edge');
        assert.equal(inp.edges[0].active, true);
        assert.deepEqual(inp.read(), [true]);
        out.close();
        inp.close();
        pi.remove();
      }
    });

    test('a chip that is named, by its label', async () => {
      const other = chip('expander', { lines: 8 });
      const out = await output({ backend, chip: 'expander', pin: 3, initial: true });
      assert.equal(other.level(3), 1);
      out.close();
      const wrong = await codeOf(output({ backend, chip: 'expandre', pin: 3 }));
      assert.equal(wrong.code, 'pin/no-chip');
      assert.match(wrong.hint, /expander, 8 lines/);
      assert.equal((await codeOf(output({ backend, chip: 'expander', pin: 8 }))).code, 'pin/missing');
    });

    test('A5: a line that a kernel driver has is named, and by whom it is held', async () => {
      chip('pinctrl-bcm2711', { hogs: { 4: 'onewire@4' } });
      const { code, message, hint } = await codeOf(input({ backend }));
      assert.equal(code, 'pin/busy');
      assert.match(message, backend === 'chardev' ? /GPIO 4 is held by `onewire@4`/ : /GPIO 4 is held by/);
      assert.match(hint, /config\.txt/);
    });

    test('A6: an output has its first level from the first moment on, active-low or not', async () => {
      const pi = chip();
      for (const [activeLow, initial] of [
        [false, false],
        [false, true],
        [true, false],
        [true, true],
      ]) {
        const kernel = trace();
        const out = await output({ backend, activeLow, initial });
        const level = Number(initial !== activeLow);
        assert.equal(pi.level(17), level);
        assert.equal(out.read(), initial);
        assert.equal(kernel.levels(pi.base + 17), String(level), kernel.of(pi.base + 17).join(' '));
        out.write(!initial);
        assert.equal(pi.level(17), 1 - level);
        out.close();
      }
    });

    test('A7: letting go twice does no harm, and an old handle is refused', async () => {
      const pi = chip();
      const out = await output({ backend, initial: true });
      out.close();
      out.close();
      assert.equal(pi.exported(17), false);
      assert.throws(() => out.write(true), { name: 'BridgeError' });
      const again = await output({ backend });
      assert.equal(again.read(), false);
    });

    test('A8: bounces are one change, told when the level was stable; what bounces back is none', async () => {
      const pi = chip();
      // Long against the pauses that a busy machine makes between two bounces.
      const inp = await input({ backend, debounce: 250 });
      const bounce = async (times, last) => {
        for (let i = 0; i < times; i++) {
          pi.pull(4, i % 2 === 0);
          await sleep(4);
        }
        pi.pull(4, last);
        await sleep(750);
      };
      await bounce(9, true);
      assert.deepEqual(
        inp.edges.map(({ active }) => active),
        [true],
      );
      assert.deepEqual(inp.read(), [true]);
      await bounce(8, true);
      assert.equal(inp.edges.length, 1);
      await bounce(5, false);
      assert.deepEqual(
        inp.edges.map(({ active }) => active),
        [true, false],
      );
    });

    test('active-low inputs, with only the edges that were asked for', async () => {
      const pi = chip();
      pi.pull(4, true);
      const inp = await input({ backend, activeLow: true, edges: 'active' });
      assert.deepEqual(inp.read(), [false]);
      for (const high of [false, true, false, true]) {
        pi.pull(4, high);
        await sleep(40);
      }
      assert.deepEqual(
        inp.edges.map(({ active }) => active),
        [true, true],
      );
    });

    test('two devices can not have one pin, nor one device twice', async () => {
      chip();
      const bank = pins();
      await output({ backend }, bank);
      const { code, message } = await codeOf(output({ backend }, bank));
      assert.equal(code, 'pin/taken');
      assert.match(message, /GPIO 17 is used by device `shed` already/);
    });

    test('a pin of another program is refused, with its name', async () => {
      chip();
      const other = program(`
        if ('${backend}' === 'chardev') await pins.openOutput({ ...OUTPUT, backend: 'chardev' }, never);
        else await pins.openInput({ ...INPUT, pins: [17], backend: 'sysfs' }, { edges() {}, failed() {} }, never);
        say('open'); setInterval(() => {}, 1000);`);
      await until(() => other.said.length > 0, 'the other program', 10_000);
      const { code, message } = await codeOf(output({ backend }));
      assert.equal(code, 'pin/busy');
      assert.match(message, backend === 'chardev' ? /`carter-bridge`/ : new RegExp(`pid ${other.pid}`));
      other.kill();
      await other.exited;
      const mine = await output({ backend });
      assert.equal(mine.read(), false);
    });

    test('the chip goes away: said once, in a sentence, and the process lives', async () => {
      const pi = new Chip();
      const inp = await input({ backend });
      const out = await output({ backend });
      pi.remove();
      if (backend === 'chardev') {
        await until(() => inp.failures.length > 0, 'the failure');
        await sleep(100);
        assert.deepEqual(
          inp.failures.map(({ code }) => code),
          ['pin/lost'],
        );
      }
      assert.throws(() => inp.read(), { code: 'pin/lost' });
      assert.throws(() => out.write(true), { code: 'pin/lost' });
    });
  });
}

describe('the character device', () => {
  test('counts what it could not hand over: 5000 changes while nobody reads', async () => {
    const pi = chip();
    const inp = await input({ edges: 'active' });
    for (let i = 0; i < 5000; i++) pi.pull(4, i % 2 === 0);
    const count = () => inp.edges.reduce((sum, { lost }) => sum + 1 + lost, 0);
    await until(
      () => count() === 2500,
      () => `2500 pulses, not ${count()}`,
    );
    assert.ok(
      inp.edges.some(({ lost }) => lost > 0),
      'the buffer of the kernel was too large for this test',
    );
    assert.ok(inp.edges.every(({ at }, i) => i === 0 || at >= inp.edges[i - 1].at));
  });

  test('changes of two pins of one request come in order', async () => {
    const pi = chip();
    const inp = await input({ pins: [5, 6] });
    const wanted = [];
    for (let i = 0; i < 40; i++) {
      const [line, high] = [
        [5, true],
        [6, true],
        [5, false],
        [6, false],
      ][i % 4];
      wanted.push(`${line}${high}`);
      pi.pull(line, high);
    }
    await until(() => inp.edges.length === 40, 'all edges');
    assert.deepEqual(
      inp.edges.map(({ pin, active }) => `${pin}${active}`),
      wanted,
    );
  });

  test('sets the pull resistor', async () => {
    const pi = chip();
    const inp = await input({ pull: 'up' });
    assert.equal(pi.level(4), 1);
    assert.deepEqual(inp.read(), [true]);
  });

  test('keeps an output as it is where that is asked for, without a wrong level', async () => {
    const pi = chip();
    const first = await output({ backend: 'sysfs', hold: true, initial: true });
    first.close();
    writeFileSync('/sys/class/gpio/unexport', String(pi.base + 17));
    pi.pull(17, true);
    const kernel = trace();
    const out = await output({ backend: 'chardev', initial: 'keep' });
    assert.equal(out.read(), true);
    assert.equal(kernel.levels(pi.base + 17), '1');
  });

  test('holds no thread: four inputs open, files are still read, and the process ends at once', async () => {
    chip();
    const other = program(`
      for (const pin of [4, 5, 6, 7, 8]) await pins.openInput({ ...INPUT, pins: [pin] }, { edges() {}, failed() {} }, never);
      const { readFile } = await import('node:fs/promises');
      await readFile('/proc/self/status');
      say('read');
      process.exit(0);`);
    await until(() => other.said.length > 0, 'the file', 10_000);
    // A thread that waits for a pin would wait for ever.
    await until(() => other.ended, 'the end', 2_000);
  });

  test('a line is let go when its process is killed', async () => {
    const pi = chip();
    const other = program(`
      const out = await pins.openOutput({ ...OUTPUT, initial: true }, never);
      say('open'); setInterval(() => {}, 1000);`);
    await until(() => other.said.length > 0, 'the other program', 10_000);
    assert.equal(pi.level(17), 1);
    other.kill();
    await other.exited;
    assert.equal(pi.level(17), 0);
  });

  test('refuses who has no permission, in a sentence', async () => {
    const pi = chip();
    chmodSync(pi.node, 0o600);
    const other = program(`await pins.openOutput(OUTPUT, never).catch(({ code, hint }) => say({ code, hint }));`, {
      uid: 1000,
    });
    await other.exited;
    assert.equal(other.said[0].code, 'pin/denied');
    assert.match(other.said[0].hint, /group gpio/);
  });
});

describe('sysfs', () => {
  test('A3: where it is missing, auto takes the character device and sysfs says what to do', async () => {
    const pi = chip();
    const show = hideSysfs();
    undo.push(show);
    const bank = pins();
    const out = await output({ initial: true }, bank);
    assert.equal(pi.level(17), 1);
    assert.match(bank.notes[0], /pins of pinctrl-bcm2711 over \/dev\/gpiochip\d+: the kernel counts edges/);
    out.close();
    const { code, hint } = await codeOf(output({ backend: 'sysfs' }));
    assert.equal(code, 'pin/no-sysfs');
    assert.match(hint, /backend: auto/);
  });

  test('auto takes it where there is no character device, and says why', async () => {
    const pi = chip();
    const bank = pins({ roots: { sys: '/sys', dev: '/proc/self/task', proc: '/proc' } });
    await output({ initial: true }, bank);
    assert.equal(pi.level(17), 1);
    assert.match(bank.notes[0], /over sysfs \(numbers from \d+ on\): this kernel has no GPIO character device/);
  });

  test('A4: permission that comes late is waited for, and one that never comes is told', async () => {
    const pi = chip();
    const folder = `/sys/class/gpio/gpio${pi.base + 17}`;
    for (const file of ['export', 'unexport']) chownSync(`/sys/class/gpio/${file}`, 1000, 1000);
    const text = `await pins.openOutput({ ...OUTPUT, backend: 'sysfs', initial: true }, never)
      .then((out) => { say(out.read()); out.close(); }, ({ code, hint }) => say({ code, hint }));`;
    const patient = program(text, { uid: 1000 });
    await until(() => existsSync(folder), 'the export', 10_000);
    await sleep(300);
    assert.deepEqual(patient.said, []);
    for (const file of ['direction', 'value', 'active_low']) chownSync(`${folder}/${file}`, 1000, 1000);
    await patient.exited;
    assert.deepEqual(patient.said, [true]);
    const denied = program(text, { uid: 1000 });
    await denied.exited;
    assert.equal(denied.said[0].code, 'pin/denied');
    writeFileSync('/sys/class/gpio/unexport', String(pi.base + 17));
  });

  test('A9: a pin exported before, with other settings, is put right and taken over', async () => {
    const pi = chip();
    writeFileSync('/sys/class/gpio/export', String(pi.base + 4));
    const folder = `/sys/class/gpio/gpio${pi.base + 4}`;
    writeFileSync(`${folder}/direction`, 'out');
    writeFileSync(`${folder}/active_low`, '1');
    const bank = pins();
    const inp = await input({ backend: 'sysfs' }, bank);
    assert.match(bank.notes.join(), /GPIO 4 was exported before/);
    assert.equal(readFileSync(`${folder}/direction`, 'utf8').trim(), 'in');
    assert.equal(readFileSync(`${folder}/edge`, 'utf8').trim(), 'both');
    pi.pull(4, true);
    await until(() => inp.edges.length === 1, 'the edge');
    assert.equal(inp.edges[0].active, true);
  });

  test('A7, A9: an output stays as it is over a kill; the next start puts it right without a wrong level', async () => {
    const pi = chip();
    const other = program(`
      await pins.openOutput({ ...OUTPUT, backend: 'sysfs', initial: true }, never);
      say('open'); setInterval(() => {}, 1000);`);
    await until(() => other.said.length > 0, 'the other program', 10_000);
    other.kill();
    await other.exited;
    assert.equal(pi.level(17), 1);
    const { code, hint } = await codeOf(output({ backend: 'chardev' }));
    assert.equal(code, 'pin/busy');
    assert.match(hint, /backend: sysfs/);
    const kernel = trace();
    const kept = await output({ backend: 'sysfs', initial: 'keep', hold: true });
    assert.equal(kept.read(), true);
    assert.deepEqual(kernel.of(pi.base + 17), []);
    kept.close();
    const out = await output({ backend: 'sysfs' });
    assert.equal(out.read(), false);
    assert.equal(kernel.levels(pi.base + 17), '0');
  });

  test('auto takes it for an output that must stay as it is', async () => {
    const pi = chip();
    const bank = pins();
    const out = await output({ hold: true, initial: true }, bank);
    out.close();
    assert.match(bank.notes[0], /sysfs .*: its lines stay as they are when the program ends/);
    assert.equal(pi.level(17), 1);
    assert.equal(pi.exported(17), true);
    writeFileSync('/sys/class/gpio/unexport', String(pi.base + 17));
  });

  test('A10: without onoff inputs say what to do, and outputs work', async () => {
    const pi = chip();
    const onoff = () => Promise.reject(Object.assign(new Error('no'), { code: 'ERR_DLOPEN_FAILED' }));
    const { code, message } = await codeOf(input({ backend: 'sysfs' }, pins({ onoff })));
    assert.equal(code, 'pin/no-onoff');
    assert.match(message, /npm rebuild epoll/);
    await output({ backend: 'sysfs', initial: true }, pins({ onoff }));
    assert.equal(pi.level(17), 1);
  });
});
