import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { Program, runProgram } from '../support/program.js';

/** Everything in a folder and below, with its mode. */
function modesIn(folder: string): [path: string, mode: string][] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => [
    name,
    (statSync(join(folder, name)).mode & 0o777).toString(8),
  ]);
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'carter-private-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

it('whatever the program keeps is for its owner’s eyes only', async () => {
  const home = folder();
  const state = join(home, 'state');
  // A service that replaces the lasting secret each time.
  let count = 0;
  const service = createServer((request, response) => {
    request.resume();
    const answer = { deviceToken: 'short-lived', refreshToken: `lasting-secret-${++count}`, expiresAt: 1 };
    request.on('end', () => response.end(JSON.stringify(answer)));
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void service.close());
  const credential = {
    url: 'ws://127.0.0.1:9',
    did: 'd1',
    refresh: 'lasting-secret-0',
    validator: `http://127.0.0.1:${(service.address() as AddressInfo).port}`,
  };
  writeFileSync(join(home, 'credential.json'), JSON.stringify(credential), { mode: 0o600 });
  const config = join(home, 'bridge.yaml');
  writeFileSync(
    config,
    `bridge: { name: private, stateDir: ${state} }
relay: { connection: credential.json }
panel: { port: 0, tls: true }
discover: false
`,
  );
  chmodSync(config, 0o600);
  const program = new Program(['run', '--config', config]);
  onTestFinished(() => void program.child.kill('SIGKILL'));
  await program.shows(/panel at https:/);
  await eventually(() => modesIn(state).map(([name]) => name)).toEqual(
    expect.arrayContaining(['certificate.pem', 'control.sock', 'device.json']),
  );
  const open = modesIn(state).filter(([, mode]) => mode !== '600');
  expect(open).toEqual([]);
  expect((statSync(state).mode & 0o777).toString(8)).toBe('700');
  expect(`${program.out}${program.err}`).not.toMatch(/lasting-secret|short-lived/);
  await program.stop();
  expect(modesIn(state).filter(([, mode]) => mode !== '600')).toEqual([]);
});

it('what was kept there before, open to others, is closed and told of', async () => {
  const home = folder();
  const state = join(home, 'state');
  mkdirSync(state);
  const kept = ['boards.json', 'estop.json', 'panel.json'].map((name) => join(state, name));
  for (const path of kept) writeFileSync(path, '{"version":1}', { mode: 0o644 });
  chmodSync(state, 0o777);
  const config = join(home, 'bridge.yaml');
  const text = `bridge: { name: open, stateDir: ${state} }\nrelay: { embedded: { port: 0 } }\npanel: { port: 0 }\ndiscover: false\n`;
  writeFileSync(config, text, { mode: 0o600 });
  const program = new Program(['run', '--config', config]);
  onTestFinished(() => void program.child.kill('SIGKILL'));
  await program.shows(/a link into it: /);
  expect((statSync(state).mode & 0o777).toString(8)).toBe('700');
  expect(modesIn(state).filter(([, mode]) => mode !== '600')).toEqual([]);
  await program.stop();
  for (const path of [state, ...kept]) expect(program.err).toContain(`"path":"${path}"`);
});

it('what is kept of its output, as in a journal, lets nobody in, and says how to get what does', async () => {
  const home = folder();
  const config = join(home, 'bridge.yaml');
  const key = Buffer.from('canary: the key of a room, 32 B.').toString('base64');
  // A name counts as more than this machine, though this one is not.
  const relay = `{ embedded: { port: 0, host: "0x7f.1" }, token: canary-token-of-the-relay, roomKey: "${key}" }`;
  writeFileSync(
    config,
    `bridge: { name: private, stateDir: ${home}/state }\nrelay: ${relay}\npanel: { port: 0 }\ndiscover: false\n`,
    { mode: 0o600 },
  );
  const program = new Program(['run', '--config', config]);
  onTestFinished(() => void program.child.kill('SIGKILL'));
  await program.shows(/to pair a phone: .* pair --config /);
  await program.shows(/a link into it: .* panel --config /);
  await program.shows(/welcomed us/);
  const { out } = await runProgram(['panel', '--config', config]);
  expect(out).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/open\//);
  await program.stop();
  for (const secret of ['canary-token-of-the-relay', key, '/open/']) {
    expect(`${program.out}${program.err}`).not.toContain(secret);
  }
});
