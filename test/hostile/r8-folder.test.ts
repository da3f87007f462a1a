import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, '../../dist/src/main.js');

describe('a state folder that was there before, open to others', () => {
  const folder = mkdtempSync(join(tmpdir(), 'carter-folder-'));
  chmodSync(folder, 0o755);
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is closed to them, or at least told of', async () => {
    const state = join(folder, 'state');
    mkdirSync(state);
    chmodSync(state, 0o777);
    const config = join(folder, 'bridge.yaml');
    writeFileSync(config, `bridge: { name: rig, stateDir: ${state} }\nrelay: { embedded: { port: 0 } }\ndevices: {}\ndiscover: false\n`, { mode: 0o600 });
    const bridge = spawn(process.execPath, [MAIN, 'run', '--config', config]);
    let said = '';
    bridge.stdout.on('data', (data) => (said += String(data)));
    bridge.stderr.on('data', (data) => (said += String(data)));
    await expect.poll(() => said, { timeout: 10_000 }).toContain('welcomed us');
    const mode = statSync(state).mode & 0o777;
    bridge.kill('SIGTERM');
    await new Promise((resolve) => bridge.once('exit', resolve));
    expect({ mode: mode.toString(8), told: said.includes(`"path":"${state}"`) }).toEqual({ mode: '700', told: true });
  }, 20_000);
});

describe.runIf(process.getuid?.() === 0)('another user who can read a state folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'carter-folder-'));
  chmodSync(folder, 0o755);
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('does not keep the bridge from starting', async () => {
    const state = join(folder, 'state');
    mkdirSync(state);
    chmodSync(state, 0o755); // as `mkdir` makes it
    const config = join(folder, 'bridge.yaml');
    writeFileSync(config, `bridge: { name: rig, stateDir: ${state} }\nrelay: { embedded: { port: 0 } }\ndevices: {}\ndiscover: false\n`, { mode: 0o600 });
    // Nobody's own process holds the folder, which it may only read.
    const holder = spawn('setpriv', ['--reuid', '65534', '--regid', '65534', '--clear-groups', 'flock', state, 'sleep', '8']);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const ran = spawnSync(process.execPath, [MAIN, 'run', '--config', config], { timeout: 3_000, encoding: 'utf8' });
    holder.kill();
    expect(ran.stderr + ran.stdout).not.toContain('control/in-use');
  }, 20_000);
});
