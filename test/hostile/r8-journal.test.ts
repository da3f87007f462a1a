import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, '../../dist/src/main.js');
const KEY = Buffer.from('canary: the key of a room, 32 B.').toString('base64');

it('a service writes no token, room key or way into the panel to the journal', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'carter-journal-'));
  const config = join(folder, 'bridge.yaml');
  // A name counts as more than this machine, though this one is not.
  writeFileSync(
    config,
    `bridge: { name: rig, stateDir: ${folder}/state }\nrelay: { embedded: { port: 0, host: "127.1" }, token: canary-token-of-relay, roomKey: ${KEY} }\npanel: { port: 0 }\ndevices: {}\ndiscover: false\n`,
    { mode: 0o600 },
  );
  // As systemd starts it: what it prints is the journal.
  const env = { ...process.env, JOURNAL_STREAM: '8:1234' };
  const bridge = spawn(process.execPath, [MAIN, 'run', '--config', config], { env });
  let said = '';
  bridge.stdout.on('data', (data) => (said += String(data)));
  bridge.stderr.on('data', (data) => (said += String(data)));
  await expect.poll(() => said, { timeout: 10_000 }).toContain('welcomed us');
  bridge.kill('SIGTERM');
  await new Promise((resolve) => bridge.once('exit', resolve));
  rmSync(folder, { recursive: true, force: true });
  const leaks = ['canary-token-of-relay', KEY, '/open/'].filter((secret) => said.includes(secret));
  expect(leaks).toEqual([]);
}, 20_000);
