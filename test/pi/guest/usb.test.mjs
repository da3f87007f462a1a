// An Uno with its real firmware on a real kernel's USB: plugged in, pulled in the middle of everything, plugged in again.
import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bridge } from './support/bridge.mjs';
import { Desk } from './support/desk.mjs';
import { until } from './support/wait.mjs';

const ADAPTER = { vendorId: '0403', productId: '6001' };
const CYCLES = 50;

let desk;
let run;
const ttys = () => readdirSync('/dev').filter((name) => name.startsWith('ttyUSB'));
const health = (word) => (frame) => frame.msg_type === 'pi.health' && frame.greenhouse === word;
const descriptors = () => readdirSync(`/proc/${run.child.pid}/fd`).length;
const plug = () => desk.ask('plug', { board: 'greenhouse' });
const unplug = () => desk.ask('unplug', { board: 'greenhouse' });
/** What the board's pin is, and what the emulator had to leave out. */
const truth = () => desk.ask('truth', { board: 'greenhouse' });
/** How many frames were heard so far: what comes later is news. */
const now = () => run.phone.heard.length;
const online = (from) => run.phone.hears(health('online'), 'online', from, 15_000);
const offline = (from) => run.phone.hears(health('offline'), 'offline', from, 3_000);
/** Processor time that the program took so far, in ms. */
const cpu = () => {
  const fields = readFileSync(`/proc/${run.child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
};
/** A program that spins on a port that is gone does so for ever; what a busy machine makes slow comes to an end. */
const comesToRest = () =>
  until(
    async () => {
      const before = cpu();
      await sleep(1_000);
      return cpu() - before < 600;
    },
    'a second in which the program is not busy',
    8_000,
  );

before(
  async () => {
    desk = new Desk();
    await desk.ask('make', { board: 'greenhouse', socket: 0 });
    run = await Bridge.start({ greenhouse: { driver: 'board', port: ADAPTER } }, { countsListeners: true });
  },
  { timeout: 100_000 },
);

after(async () => {
  run.child.kill('SIGKILL');
  console.log(`    the emulated Uno left out ${(await truth()).skippedMs} ms, for want of processor`);
  desk.close();
});

describe('a board on USB', () => {
  test('plugged in: found, read, switched; the board obeys', async () => {
    const from = now();
    await plug();
    await online(from);
    await run.phone.sees('greenhouse', 'pump', false);
    // What the weather at its sensor makes of it.
    const temp = run.phone.last('greenhouse', 'temp');
    assert.ok(temp >= 17 && temp <= 29, `${temp} °C`);
    const ack = await run.phone.tap('greenhouse', 'pump', true);
    assert.deepEqual([ack.ok, ack.value], [true, true]);
    assert.equal((await truth()).pump, true);
  });

  test('pulled in the middle of a line: offline at once, values unknown, taps refused', async () => {
    await desk.ask('say', { board: 'greenhouse', text: 'r 12 te' });
    const from = now();
    await unplug();
    await offline(from);
    await run.phone.sees('greenhouse', 'pump', null);
    assert.equal((await run.phone.tap('greenhouse', 'pump', true)).code, 'offline');
    await comesToRest();
  });

  test('plugged in again, as another ttyUSB: the same board, its output safe, nothing of before is sent', async () => {
    // Who still holds the old node keeps its number taken, as a terminal left open would.
    const from = now();
    await plug();
    await online(from);
    const [old] = ttys();
    const hold = openSync(`/dev/${old}`, 'r+');
    const lost = now();
    await unplug();
    await offline(lost);
    const back = now();
    await plug();
    await online(back);
    const [renamed] = ttys().filter((name) => name !== old);
    assert.match(renamed, /^ttyUSB\d+$/);
    await run.phone.sees('greenhouse', 'pump', false);
    assert.equal((await truth()).pump, false);
    assert.equal((await run.phone.tap('greenhouse', 'pump', true)).ok, true);
    closeSync(hold);
  });

  test('pulled in the middle of a flood: noticed all the same, and the processor is free', async () => {
    await desk.ask('flood', { board: 'greenhouse', text: 'temp=21.5 hum=45 this is no line of ours\n' });
    await sleep(500);
    const from = now();
    await unplug();
    await offline(from);
    await comesToRest();
  });

  test(`${CYCLES} quick cycles leave nothing behind`, async () => {
    // One full cycle first: what is opened once for ever is open then.
    const first = now();
    await plug();
    await online(first);
    const lost = now();
    await unplug();
    await offline(lost);
    await sleep(500);
    const before = { descriptors: descriptors(), listeners: await run.listeners() };
    assert.ok(before.listeners > 20, `only ${before.listeners} listeners are counted`);
    for (let i = 0; i < CYCLES; i++) {
      await plug();
      await sleep(20 + 13 * (i % 8));
      await unplug();
    }
    await until(
      () => descriptors() <= before.descriptors,
      () => `${descriptors()} descriptors, before ${before.descriptors}`,
      10_000,
    );
    await until(
      async () => (await run.listeners()) <= before.listeners,
      () => `more than the ${before.listeners} listeners of before`,
      10_000,
    );
    assert.deepEqual(ttys(), []);
    const back = now();
    await plug();
    await online(back);
    assert.equal((await run.phone.tap('greenhouse', 'pump', true)).ok, true);
    assert.ok(existsSync(`/proc/${run.child.pid}`));
    assert.doesNotMatch(run.text, /MaxListenersExceeded|internal error/);
    assert.equal(await run.stop(), 0);
    assert.equal((await truth()).pump, false);
  });
});
