// The whole program on pins, with its relay and a phone: what a user sees, and what the kernel saw of every output.
// One bank of points a kernel interface, side by side; the program is started three times, as a start takes seconds here.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Bridge, MAIN } from './support/bridge.mjs';
import { Chip } from './support/chip.mjs';
import { Phone } from './support/phone.mjs';
import { Trace } from './support/trace.mjs';
import { until } from './support/wait.mjs';

/** A device for each interface, with the first of its lines. */
const BANKS = [
  ['chip', 'chardev', 0],
  ['sys', 'sysfs', 24],
];

const bank = (first) => ({
  door: { pin: first + 4, direction: 'in' },
  bell: { pin: first + 5, direction: 'in', role: 'event', activeLow: true, hold: '1500ms' },
  water: { pin: first + 6, direction: 'in', measure: 'count', edges: 'both', scale: 0.5 },
  knob: { pins: [first + 20, first + 21], direction: 'in', measure: 'encoder' },
  lamp: { pin: first + 17, direction: 'out' },
  pump: { pin: first + 11, direction: 'out', activeLow: true },
  fridge: { pin: first + 22, direction: 'out', safe: true },
  start: { pin: first + 23, direction: 'out', initial: true },
});

const DEVICES = {
  ...Object.fromEntries(BANKS.map(([id, backend, first]) => [id, { driver: 'gpio', backend, points: bank(first) }])),
  more: {
    driver: 'gpio',
    points: {
      freezer: { pin: 2, direction: 'out', safe: true, onExit: 'hold' },
      leased: { pin: 3, direction: 'out', lease: '800ms' },
      flood: { pin: 14, direction: 'in', measure: 'count' },
      wind: { pin: 13, direction: 'in', measure: 'frequency', unit: 'Hz' },
    },
  },
  taken: { driver: 'gpio', points: { sensor: { pin: 0, direction: 'in' } } },
};

let pi;
let kernel;
let run;
const start = async (options = {}) => {
  run = await Bridge.start(DEVICES, options);
  for (const [id] of BANKS) await run.phone.sees(id, 'fridge', true, 10_000);
  await run.phone.sees('more', 'leased', false);
};
/** What the kernel set a point's line to, without repetitions. */
const levels = (first, point) => kernel.levels(pi.base + bank(first)[point].pin);
const health = (device, word) => (frame) => frame.msg_type === 'pi.health' && frame[device] === word;

before(() => {
  pi = new Chip('pinctrl-bcm2711', { hogs: { 0: 'onewire@0' } });
  for (const [, , first] of BANKS) pi.pull(first + 5, true);
  kernel = new Trace();
});

after(() => {
  run?.child.kill('SIGKILL');
  run?.relay?.kill('SIGKILL');
  kernel.end();
  pi.release();
  pi.remove();
});

describe('the first run', () => {
  before(() => start(), { timeout: 100_000 });

  for (const [id, backend, first] of BANKS) {
    test(`${backend}: inputs and outputs, from pin to phone and back`, async () => {
      const { phone } = run;
      const level = (point) => pi.level(bank(first)[point].pin);
      assert.deepEqual(['lamp', 'pump', 'fridge', 'start'].map(level), [0, 1, 1, 1]);
      for (const open of [true, false]) {
        pi.pull(first + 4, open);
        await phone.sees(id, 'door', open);
      }
      const ack = await phone.tap(id, 'lamp', true);
      assert.deepEqual([ack.ok, ack.value, level('lamp')], [true, true, 1]);
      await phone.sees(id, 'lamp', true);
      await phone.tap(id, 'pump', 'true');
      assert.equal(level('pump'), 0);
      await phone.tap(id, 'fridge', false);
      assert.equal(level('fridge'), 0);
      assert.equal((await phone.tap(id, 'door', true)).code, 'read_only');
      assert.equal((await phone.tap(id, 'lamp', 'perhaps')).code, 'type');
      assert.equal(level('lamp'), 1);
    });

    test(`${backend}: a button that is clicked and held, a counter, a rotary encoder`, {
      timeout: 60_000,
    }, async () => {
      const { phone } = run;
      // Each step waits for the one before to be told, so that a busy machine loses none.
      const told = async (...events) => {
        presses.push(...events);
        await until(
          () => phone.events('bell', id).length >= presses.length,
          () => `${presses}, not ${phone.events('bell', id)}`,
        );
      };
      const presses = [];
      pi.pull(first + 5, false);
      await told('pressed 1');
      pi.pull(first + 5, true);
      await told('released 1', 'clicked 1');
      pi.pull(first + 5, false);
      await told('pressed 2', 'held 1');
      pi.pull(first + 5, true);
      await told('released 2');
      assert.deepEqual(phone.events('bell', id), presses);

      // Over sysfs two edges that come before the first was fetched are one: the kernel tells when it was.
      const change = async (line, high) => {
        const reads = () => kernel.reads(pi.base + first + line);
        const before = reads().length;
        pi.pull(first + line, high);
        const isFetched = () => reads().slice(before).at(-1) === String(Number(high));
        while (backend === 'sysfs' && !isFetched()) await sleep(25);
        await sleep(25);
      };
      for (let i = 0; i < 10; i++) await change(6, i % 2 === 0);
      await phone.sees(id, 'water', 5);

      const turn = async (...order) => {
        const high = new Set();
        for (const line of order) {
          if (!high.delete(line)) high.add(line);
          await change(line, high.has(line));
        }
      };
      await turn(20, 21, 20, 21);
      await phone.sees(id, 'knob', 1);
      await turn(21, 20, 21, 20, 21, 20, 21, 20);
      await phone.sees(id, 'knob', -1);
    });
  }

  test('counts every pulse of a flood, at the highest rate that this machine makes', async () => {
    const began = performance.now();
    for (let i = 0; i < 10_000; i++) pi.pull(14, i % 2 === 0);
    const rate = 10_000 / ((performance.now() - began) / 1000);
    await run.phone.sees('more', 'flood', 5_000, 10_000);
    console.log(`    10000 changes at ${Math.round(rate)} a second: 5000 pulses`);
  });

  test('measures a frequency, and tells the standstill', async () => {
    const made = [];
    for (const end = performance.now() + 2_500; performance.now() < end; ) {
      made.push(performance.now());
      pi.pull(13, true);
      pi.pull(13, false);
      await sleep(18);
    }
    const hertz = run.phone.last('more', 'wind');
    // Pulses do not come evenly on a busy machine: what is told is the rate of some second of these.
    const rates = made.flatMap((from, i) => {
      const last = made.findLastIndex((at) => at <= from + 1_000);
      return made.at(-1) < from + 1_000 ? [] : [(1_000 * (last - i)) / (made[last] - from)];
    });
    const [least, most] = [Math.min(...rates), Math.max(...rates)];
    assert.ok(hertz > 0.9 * least && hertz < 1.1 * most, `${hertz} Hz, though ${least} to ${most} were made`);
    await run.phone.sees('more', 'wind', 0, 6_000);
  });

  test('a lease that is renewed holds, and ends when it is not', async () => {
    const { phone } = run;
    for (let i = 0; i < 4; i++) {
      await phone.tap('more', 'leased', true);
      await sleep(500);
    }
    assert.equal(pi.level(3), 1);
    await phone.sees('more', 'leased', false);
    assert.equal(pi.level(3), 0);
  });

  test('A5: a pin that is taken fails its own device only, with a sentence in the log', async () => {
    await run.says('GPIO 0 is held by `onewire@0`');
    assert.equal((await run.phone.tap('more', 'freezer', false)).ok, true);
    assert.equal((await run.phone.tap('taken', 'sensor', true)).code, 'offline');
  });

  test('says which interface it chose for what, and why', async () => {
    await run.says(
      'pins of pinctrl-bcm2711 over /dev/gpiochip0: the kernel counts edges and lets nobody else have its lines',
    );
    await run.says(`over sysfs (numbers from ${pi.base} on): its lines stay as they are when the program ends`);
  });

  test('a stop by SIGTERM: no output passed through a wrong level in all of this', async () => {
    const began = performance.now();
    assert.equal(await run.stop(), 0);
    assert.ok(performance.now() - began < 2_500, 'the stop took too long');
    for (const [id, , first] of BANKS) {
      const saw = ['lamp', 'pump', 'fridge', 'start'].map((point) => levels(first, point));
      assert.deepEqual(saw, ['010', '101', '101', '10'], id);
      for (const point of ['lamp', 'pump', 'fridge', 'start']) {
        assert.ok(!kernel.of(pi.base + bank(first)[point].pin).includes('in'), `${id}.${point} became an input`);
      }
    }
    assert.equal(kernel.levels(pi.base + 2), '10', 'the freezer stays as it was switched');
    assert.equal(pi.level(2), 0);
  });
});

describe('the second run, which is killed', () => {
  before(() => start({ relayApart: true }), { timeout: 160_000 });

  test('what its owner wants left alone was left alone', () => {
    assert.equal(run.phone.last('more', 'freezer'), false);
    assert.equal(kernel.levels(pi.base + 2), '10');
  });

  test('chip gone and back: unknown meanwhile, safe afterwards, without a wrong level', async () => {
    const { phone } = run;
    for (const [id] of BANKS) await phone.tap(id, 'lamp', true);
    const from = phone.heard.length;
    pi.unplug();
    for (const [id] of BANKS) {
      await phone.hears(health(id, 'offline'), `the loss of ${id}`, from);
      await phone.sees(id, 'lamp', null);
      assert.equal((await phone.tap(id, 'lamp', true)).code, 'offline');
    }
    kernel.restart();
    const back = phone.heard.length;
    pi.plug();
    for (const [id, , first] of BANKS) {
      await phone.hears(health(id, 'online'), `the return of ${id}`, back, 10_000);
      await phone.sees(id, 'lamp', false);
      const saw = ['lamp', 'pump', 'fridge', 'start'].map((point) => levels(first, point));
      assert.deepEqual(saw, ['0', '1', '1', '1'], id);
      pi.pull(first + 4, true);
      await phone.sees(id, 'door', true);
    }
  });

  test('relay gone and back: no output is touched, and the truth is told again', async () => {
    for (const [id] of BANKS) await run.phone.tap(id, 'lamp', true);
    kernel.restart();
    await run.endRelay();
    await sleep(1_500);
    for (const [, , first] of BANKS) assert.equal(pi.level(bank(first).lamp.pin), 1);
    await run.startRelay();
    const phone = await Phone.join(run.url);
    run.phone = phone;
    for (const [id] of BANKS) await phone.sees(id, 'lamp', true, 15_000);
    await sleep(500);
    for (const [id, , first] of BANKS) {
      for (const [point, { pin, direction }] of Object.entries(bank(first))) {
        if (direction === 'out') assert.deepEqual(kernel.of(pi.base + pin), [], `${id}.${point}`);
      }
      assert.equal((await phone.tap(id, 'lamp', false)).ok, true);
    }
  });

  test('an emergency stop spares no output', async () => {
    const { phone } = run;
    await phone.sees('more', 'freezer', true);
    await phone.tap('more', 'freezer', false);
    for (const [id] of BANKS) await phone.tap(id, 'lamp', true);
    phone.say({ msg_type: 'pi.estop' });
    for (const [id] of BANKS) await phone.sees(id, 'lamp', false);
    await phone.sees('more', 'freezer', true);
    assert.deepEqual([pi.level(17), pi.level(41), pi.level(2)], [0, 0, 1]);
    phone.say({ msg_type: 'pi.estop_reset' });
  });

  test('killed with outputs on: the character device lets go of its lines, sysfs leaves them', async () => {
    const { phone } = run;
    for (const [id] of BANKS) {
      for (const point of ['lamp', 'pump']) assert.equal((await phone.tap(id, point, true)).ok, true);
    }
    await phone.tap('more', 'freezer', false);
    assert.equal(await run.stop('SIGKILL'), 'SIGKILL');
    assert.deepEqual([pi.level(17), pi.level(41), pi.level(35)], [0, 1, 0]);
  });

  test('`safe` puts what was left on to its safe value, for service managers', async () => {
    kernel.restart();
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, 'safe', '--config', run.file]);
    assert.match(stdout, /sys: GPIO 41 is safe/);
    assert.deepEqual([pi.level(41), pi.level(35), pi.level(2)], [0, 1, 0]);
    assert.deepEqual([levels(24, 'lamp'), levels(24, 'pump'), kernel.levels(pi.base + 2)], ['0', '1', '']);
    // As it was after the kill, for the next start.
    pi.setExported(41, 'high');
    kernel.restart();
  });
});

describe('the third run, after the kill', () => {
  before(() => start(), { timeout: 100_000 });

  test('outputs are safe again, by the shortest way; what is to be left alone was', async () => {
    for (const [id, , first] of BANKS) {
      await run.phone.sees(id, 'lamp', false);
      await run.phone.sees(id, 'pump', false);
      assert.deepEqual(
        ['lamp', 'pump'].map((point) => levels(first, point)),
        ['0', '1'],
        id,
      );
      assert.deepEqual(
        ['lamp', 'pump'].map((point) => pi.level(bank(first)[point].pin)),
        [0, 1],
        id,
      );
    }
    assert.equal(run.phone.last('more', 'freezer'), false);
    assert.equal(kernel.levels(pi.base + 2), '');
    assert.equal(await run.stop(), 0);
  });
});
