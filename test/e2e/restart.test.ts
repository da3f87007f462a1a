import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Program, runProgram } from '../support/program.js';

const folder = mkdtempSync(join(tmpdir(), 'carter-restart-'));
const config = join(folder, 'bridge.yaml');
writeFileSync(
  config,
  `bridge: { stateDir: ${join(folder, 'state')} }\nrelay: { embedded: { port: 0 } }\ndiscover: false\n`,
);
const running: Program[] = [];
afterEach(async () => {
  for (const program of running.splice(0)) await program.stop('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<Program> {
  const program = new Program(['run', '--config', config]);
  running.push(program);
  await program.shows(/^bridge .* on ws:/m);
  return program;
}
const set = async (...target: string[]) => await runProgram(['set', ...target, '--config', config]);

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
  expect(await set('bridge.estop_reset', 'on')).toMatchObject({ code: 0 });
  const { out } = await runProgram(['audit', '--config', config]);
  expect(out).toMatch(/command line.*estop_reset/);
  expect(await second.stop('SIGTERM')).toBe(0);

  const third = await start();
  expect(third.err).not.toContain(still);
});
