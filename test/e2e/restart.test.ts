import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { Program, runProgram } from '../support/program.js';
import { RigBoard, SKETCH } from '../support/rig.js';

let folder: string;
let config: string;
const running: Program[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carter-restart-'));
  config = join(folder, 'bridge.yaml');
});
afterEach(async () => {
  for (const program of running.splice(0)) await program.stop('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function start(...more: string[]): Promise<Program> {
  const own = [`bridge: { stateDir: ${join(folder, 'state')} }`, 'relay: { embedded: { port: 0 } }', 'discover: false'];
  writeFileSync(config, `${[...own, ...more].join('\n')}\n`);
  const program = new Program(['run', '--config', config], { TMPDIR: folder });
  running.push(program);
  await program.shows(/^bridge .* on ws:/m);
  return program;
}
const set = async (...target: string[]) => await runProgram(['set', ...target, '--config', config], { TMPDIR: folder });

it('an emergency stop outlives the death of the bridge, and a reset its ordered stop', {
  timeout: 60_000,
}, async () => {
  const still = 'the emergency stop is still latched, as before the start';
  const first = await start();
  expect(await set('bridge.estop', 'off')).toMatchObject({ code: 1, err: expect.stringContaining('is pressed') });
  expect(await set('bridge.nose', 'on')).toMatchObject({ code: 1, err: expect.stringContaining('estop_reset') });
  expect(await set('bridge.estop', 'on')).toMatchObject({ code: 0, out: 'bridge.estop\ttrue\tconfirmed\n' });
  await first.stop('SIGKILL');
  expect(first.err).not.toContain(still);

  const second = await start();
  await second.shows(new RegExp(still));
  const doctor = await runProgram(['doctor', '--config', config]);
  expect(doctor.out).toMatch(/^warn +bridge +The emergency stop is latched.*\n *\$ .* set bridge\.estop_reset on/m);
  expect(await set('bridge.estop_reset', 'on')).toMatchObject({ code: 0 });
  const { out } = await runProgram(['audit', '--config', config]);
  expect(out).toMatch(/command line.*estop_reset/);
  expect(await second.stop('SIGTERM')).toBe(0);

  const third = await start();
  expect(third.err).not.toContain(still);
});

it('of two bridges that start at once where one has died, one gets the state folder', { timeout: 60_000 }, async () => {
  const first = await start();
  await first.stop('SIGKILL');
  const both = [0, 1].map(() => new Program(['run', '--config', config]));
  running.push(...both);
  const code = await Promise.race(both.map((program) => program.exited));
  expect(code).toBe(1);
  const [loser, winner] = both[0]?.child.exitCode === 1 ? both : [...both].reverse();
  expect(loser?.err).toContain('[control/in-use]');
  await winner?.shows(/^bridge .* on ws:/m);
  expect(await winner?.stop('SIGTERM')).toBe(0);
});

it('what was known before the start is told as past', { timeout: 60_000 }, async () => {
  const points = {
    'shed.temp': { value: 21.5, at: Date.UTC(2026, 0, 2) },
    'shed.bell': { value: 'pressed', at: null, count: 3 },
  };
  mkdirSync(join(folder, 'state'));
  writeFileSync(join(folder, 'state', 'values.json'), JSON.stringify({ version: 1, points }));
  const device = `devices: { shed: { driver: lines, port: ${join(folder, 'nothing')} } }`;
  const program = await start(device, 'persist: { values: true }');
  const { out } = await runProgram(['get', 'shed', '--config', config]);
  expect(out).toBe('shed.temp\tlast 21.5\tat 2026-01-02T00:00:00.000Z\nshed.bell\tlast pressed (3)\n');
  expect(await runProgram(['get', 'shed.bell', '--config', config])).toMatchObject({
    code: 0,
    out: 'shed.bell\tlast pressed (3)\n',
  });
  expect(await runProgram(['get', 'shed.nose', '--config', config])).toMatchObject({ code: 1 });
  expect(await program.stop('SIGTERM')).toBe(0);
});

describe.skipIf(process.getuid?.() !== 0)('on a disk of its own (mounting one needs root)', { timeout: 60_000 }, () => {
  const forgetful = 'bridge.estop: confirmed, but a restart would not know of the emergency stop';
  let disk: string;
  beforeEach(() => {
    disk = join(folder, 'state');
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]);
  });
  afterEach(async () => {
    for (const program of running.splice(0)) await program.stop('SIGKILL');
    execFileSync('umount', ['-l', disk]);
  });

  it('nothing comes back on after an emergency stop while it was full', async () => {
    const port = join(folder, 'shed');
    const board = RigBoard.simulating(port, SKETCH, 1);
    board.plug();
    onTestFinished(() => board.pull());
    const points = { ...SKETCH.points, pump: { ...SKETCH.points.pump, onBoot: 'restore' } };
    const devices = `devices: { shed: ${JSON.stringify({ ...SKETCH, points, port })} }`;
    const first = await start(devices);
    await first.shows(/"connected"/);
    expect(await set('shed.pump', 'on')).toMatchObject({ code: 0 });
    await eventually(() => existsSync(join(disk, 'outputs.json'))).toBe(true);
    expect(() => writeFileSync(join(disk, 'ballast'), 'x'.repeat(400_000))).toThrow('ENOSPC');
    expect(await set('bridge.estop', 'on')).toMatchObject({ code: 0, err: expect.stringContaining(forgetful) });
    await first.stop('SIGKILL');
    board.pull();
    board.plug();
    const second = await start(devices);
    await second.shows(/"connected"/);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect(board.simulator.output('pump')).toBe(false);
    await second.stop('SIGTERM');
  });

  it('a bridge starts though it can only be read, and is found by the command line', async () => {
    const first = await start();
    expect(await set('bridge.estop', 'on')).toMatchObject({ code: 0 });
    await first.stop('SIGKILL');
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    const second = await start();
    await second.shows(/can't listen on .*control\.sock: EROFS.*the command line finds the bridge at/);
    await second.shows(/the emergency stop is still latched/);
    const third = await runProgram(['run', '--config', config], { TMPDIR: folder });
    expect(third).toMatchObject({ code: 1, err: expect.stringContaining('[control/in-use]') });
    expect(await set('bridge.estop', 'on')).toMatchObject({ code: 0, err: expect.stringContaining(forgetful) });
    const doctor = await runProgram(['doctor', '--config', config], { TMPDIR: folder });
    expect(doctor.out).toMatch(/^warn +bridge +The emergency stop is latched/m);
    expect(await second.stop('SIGTERM')).toBe(0);
  });
});
