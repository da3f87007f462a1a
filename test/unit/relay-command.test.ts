import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Terminal } from '../../src/cli/context.js';
import { type RelayCommandOptions, relayCommand } from '../../src/cli/relay.js';
import { isLoopback, lanAddress, relayUrl } from '../../src/http/address.js';
import { systemClock } from '../../src/system-clock.js';
import { RawClient } from '../support/raw-client.js';

/** Runs the command with a home folder of its own until `lines` lines are out. */
async function run(
  options: Partial<RelayCommandOptions>,
  lines: number,
  env: Record<string, string> = {},
  terminal?: Terminal,
) {
  const homeDir = await mkdtemp(join(tmpdir(), 'relay-command-'));
  const stop = new AbortController();
  const printed: string[] = [];
  let enough = () => {};
  const said = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const code = relayCommand(
    { host: '127.0.0.1', port: 0, ...options },
    {
      env,
      homeDir,
      clock: systemClock(),
      signal: stop.signal,
      logStream: { write: () => {} },
      logIsTerminal: false,
      terminal: () => terminal,
      out: (line) => {
        if (printed.push(line) === lines) enough();
      },
    },
  );
  onTestFinished(async () => {
    stop.abort();
    await code.catch(() => {});
    await rm(homeDir, { recursive: true, force: true });
  });
  await Promise.race([said, code]);
  return { homeDir, printed, code, stop: () => stop.abort() };
}

test('on loopback it prints the real port, lets clients in without a token, and ends with 0', async () => {
  const { printed, code, stop } = await run({}, 1);
  const url = /^relay listening on (ws:\/\/127\.0\.0\.1:\d+)$/.exec(printed[0] ?? '')?.[1] ?? '';
  await RawClient.join(url, { name: 'a' });
  stop();
  expect(await code).toBe(0);
  expect(printed).toHaveLength(1);
  await expect(RawClient.connect(url)).rejects.toThrow('ECONNREFUSED');
});

const WIDE = { columns: 80, rows: 24 };

test('beyond loopback it makes a token and prints what a phone needs to pair', async () => {
  const { printed, homeDir } = await run({ host: '0.0.0.0' }, 2, {}, WIDE);
  const pairing = JSON.parse(printed[1] ?? '');
  const host = lanAddress() ?? '127.0.0.1';
  const port = Number(new URL(pairing.url).port);
  expect(pairing).toEqual({
    url: `ws://${host}:${port}`,
    channel: 'home',
    role: 'mobile',
    token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
  });
  expect(printed[0]).toBe(`relay listening on ${pairing.url}`);
  expect((await stat(join(homeDir, '.local/state/carter-bridge/relay-token'))).mode & 0o777).toBe(0o600);
  await RawClient.join(`ws://127.0.0.1:${port}`, { name: 'a', token: pairing.token });
});

test('it says where the token is, and not what, where nobody sits in front of it', async () => {
  const { printed, homeDir } = await run({ host: '0.0.0.0' }, 2);
  expect(printed[1]).toBe(`the token is in ${join(homeDir, '.local/state/carter-bridge/relay-token')}`);
});

test('the token comes from CARTER_TOKEN, before the token file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'relay-command-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const tokenFile = join(folder, 'token');
  await writeFile(tokenFile, 'token-of-the-file\n', { mode: 0o600 });
  const fromEnv = await run({ tokenFile, host: '0.0.0.0' }, 2, { CARTER_TOKEN: 'token-of-the-environment' }, WIDE);
  expect(JSON.parse(fromEnv.printed[1] ?? '').token).toBe('token-of-the-environment');
  await expect(run({}, 1, { CARTER_TOKEN: 'abc' })).rejects.toThrow(
    'CARTER_TOKEN holds no token of 8 to 512 visible characters',
  );
  const fromFile = await run({ tokenFile }, 1, { CARTER_TOKEN: '' });
  const client = await RawClient.connect((fromFile.printed[0] ?? '').replace('relay listening on ', ''));
  client.frame('identify', { name: 'a' });
  expect((await client.nextClose()).code).toBe(1000);
});

test('a busy port is an error that names it', async () => {
  const { printed } = await run({}, 1);
  const port = Number(/\d+$/.exec(printed[0] ?? '')?.[0]);
  await expect(run({ port }, 1)).rejects.toMatchObject({
    code: 'relay/port-busy',
    hint: expect.stringContaining(String(port)),
  });
});

test('addresses', () => {
  for (const host of ['127.0.0.1', '127.8.9.10', '::1', 'localhost', 'LOCALHOST']) expect(isLoopback(host)).toBe(true);
  for (const host of ['0.0.0.0', '::', '192.168.1.5', 'pi.local', '127.0.0.1.evil.example', '']) {
    expect(isLoopback(host)).toBe(false);
  }
  const v4 = { address: '192.0.2.7', family: 'IPv4' as const, internal: false, netmask: '', mac: '', cidr: null };
  const lo = { ...v4, address: '127.0.0.1', internal: true };
  const v6 = { ...v4, address: 'fe80::1', family: 'IPv6' as const, scopeid: 2 };
  expect(lanAddress({ lo: [lo], eth0: [v6, v4] })).toBe('192.0.2.7');
  expect(lanAddress({ lo: [lo] })).toBeUndefined();
  const inner = { ...v4, address: '172.17.0.1' };
  expect(lanAddress({ docker0: [inner], wlan0: [v4] })).toBe('192.0.2.7');
  expect(lanAddress({ docker0: [inner] })).toBe('172.17.0.1');
  expect(relayUrl('::1', 1)).toBe('ws://[::1]:1');
});
