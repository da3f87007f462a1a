import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { Program, runProgram } from '../support/program.js';

const folder = mkdtempSync(join(tmpdir(), 'carter-output-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function config(name: string, log: string): { path: string; stateDir: string } {
  const path = join(folder, `${name}.yaml`);
  const stateDir = join(folder, name);
  const device = 'a: { driver: lines, port: /dev/nothing-here }';
  const text = `bridge: { stateDir: ${stateDir} }\nrelay: { embedded: { port: 0 } }\ndevices: { ${device} }\nlog: { level: ${log} }\n`;
  writeFileSync(path, text, { mode: 0o600 });
  return { path, stateDir };
}

/** Asks the bridge until it answers; the answer shows that it runs. */
async function answers(stateDir: string): Promise<boolean> {
  for (let tries = 0; tries < 20; tries++) {
    const { code } = await runProgram(['get', 'a', '--state-dir', stateDir]);
    if (code === 0) return true;
  }
  return false;
}

it.each([['stderr'], ['stdout']] as const)(
  'run goes on when nobody takes its %s any more',
  async (which) => {
    const { path, stateDir } = config(`no-${which}`, 'debug');
    const program = new Program(['run', '--config', path]);
    program.child[which]?.destroy();
    expect(await answers(stateDir)).toBe(true);
    expect(program.child.exitCode).toBeNull();
    expect(await program.stop('SIGTERM')).toBe(0);
  },
  30_000,
);

it('bench ends in order when nobody reads it any more', async () => {
  const bench = new Program(['bench', '--port', '0', '--boards', '1']);
  await bench.shows(/board1 \(online\)/);
  bench.child.stdout?.destroy();
  expect(await bench.exited).toBe(0);
}, 30_000);

it('tells where it is without what the address of the relay holds back', async () => {
  const path = join(folder, 'secret.yaml');
  writeFileSync(
    path,
    `bridge: { stateDir: ${join(folder, 'secret')} }\nrelay: { url: "ws://127.0.0.1:9/mesh?key=hunter2hunter2" }\n`,
    { mode: 0o600 },
  );
  const program = new Program(['run', '--config', path]);
  await program.shows(/bridge \S+ on ws:\/\/127\.0\.0\.1:9\/mesh, channel home/);
  await program.shows(/nobody listens/);
  expect(await program.stop()).toBe(0);
  expect(program.out + program.err).not.toContain('hunter2');
}, 30_000);
