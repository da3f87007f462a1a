import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { BridgeParts } from '../../src/bridge-parts.js';
import { askControl } from '../../src/control/client.js';
import { type Log, silentLog } from '../../src/log.js';
import type { Credential } from '../../src/mesh/artifact.js';
import { roomCipher } from '../../src/mesh/e2ee.js';
import { systemClock } from '../../src/system-clock.js';
import { eventually } from '../support/eventually.js';
import { embeddedRelay } from '../support/relays.js';
import { Rig } from '../support/rig.js';

/** A service that gives this token, and a new lasting secret each time: `secret-1` after `secret-0`. */
async function tokenService(token: string, slow = Promise.resolve(), secret = 'secret') {
  const asked: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', async () => {
      const { refreshToken } = JSON.parse(text);
      const known = refreshToken === `${secret}-${asked.length}`;
      asked.push(refreshToken);
      const answer = { deviceToken: token, refreshToken: `${secret}-${asked.length}` };
      await slow;
      response.writeHead(known ? 200 : 401).end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

it('a device of an account joins with a token fetched for it, and remembers its new secret', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'carter-device-'));
  onTestFinished(() => rmSync(stateDir, { recursive: true, force: true }));
  const service = await tokenService('minted-token');
  const own = { did: 'd1', refresh: 'secret-0', validator: service.url };
  const warnings: string[] = [];
  const log: Log = {
    ...silentLog,
    warn: (_fields, message) => void warnings.push(message),
    child: () => log,
  };
  for (const secret of ['secret-0', 'secret-1']) {
    const relay = await embeddedRelay({ token: 'minted-token' });
    const connection = { url: relay.url, channel: 'lab', token: 'stale', ...own };
    const config = { bridge: { name: 'rig', namespace: 'rig', stateDir }, relay: { connection, allowOpenRelay: true } };
    const rig = await Rig.open(async () => relay, { devices: {}, config, log });
    await eventually(() => rig.bridge.mesh.ready).toBe(true);
    expect(service.asked.at(-1)).toBe(secret);
    const kept = () => readFileSync(join(stateDir, 'device.json'), 'utf8');
    await eventually(kept).toContain(`secret-${service.asked.length}`);
    await rig.close();
    expect(statSync(join(stateDir, 'device.json')).mode & 0o777).toBe(0o600);
    chmodSync(join(stateDir, 'device.json'), 0o644);
  }
  expect(warnings.filter((text) => text.includes('open to other users'))).toHaveLength(1);
});

it('a device whose config is read anew while its secret is being replaced uses the new one', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'carter-device-'));
  onTestFinished(() => rmSync(stateDir, { recursive: true, force: true }));
  let answer = () => {};
  const service = await tokenService('minted-token', new Promise((resolve) => (answer = resolve)));
  const relay = await embeddedRelay({ token: 'minted-token' });
  const connection = { url: relay.url, token: 'stale', did: 'd1', refresh: 'secret-0', validator: service.url };
  const config = { bridge: { name: 'rig', namespace: 'rig', stateDir }, relay: { connection } };
  const rig = await Rig.open(async () => relay, { devices: {}, config });
  onTestFinished(() => rig.close());
  await eventually(() => service.asked.length).toBe(1);
  const { parts } = rig.bridge as unknown as { parts: BridgeParts };
  await rig.bridge.reload({ ...parts, config: { ...parts.config, relay: { ...parts.config.relay, channel: 'shed' } } });
  answer();
  await eventually(() => rig.bridge.mesh.ready).toBe(true);
  expect(service.asked).toEqual(['secret-0']);
});

it('a device of an account that the bridge has left keeps its secret, and costs the next one none of its own', async () => {
  const stateDir = mkdtempSync(join(tmpdir(), 'carter-device-'));
  onTestFinished(() => rmSync(stateDir, { recursive: true, force: true }));
  let answer = () => {};
  const old = await tokenService('minted-token', new Promise((resolve) => (answer = resolve)), 'old');
  const next = await tokenService('minted-token', undefined, 'next');
  const relay = await embeddedRelay({ token: 'minted-token' });
  const connection = { url: relay.url, token: 'minted-token', did: 'd1', refresh: 'old-0', validator: old.url };
  const config = { bridge: { name: 'rig', namespace: 'rig', stateDir }, relay: { connection } };
  const rig = await Rig.open(async () => relay, { devices: {}, config });
  onTestFinished(() => rig.close());
  await eventually(() => old.asked.length).toBe(1);
  const { parts } = rig.bridge as unknown as { parts: BridgeParts };
  const moveTo = (credential: Credential) => {
    const relay = { ...parts.config.relay, credential } as BridgeParts['config']['relay'];
    return rig.bridge.reload({ ...parts, config: { ...parts.config, relay } });
  };
  const kept = () => readFileSync(join(stateDir, 'device.json'), 'utf8');
  await moveTo({ deviceId: 'd2', refresh: 'next-0', validator: next.url });
  await eventually(kept).toContain('next-1');
  // It was asked before the bridge left it, and replaces the secret all the same.
  answer();
  await eventually(kept).toContain('old-1');
  await moveTo({ deviceId: 'd1', refresh: 'old-0', validator: old.url });
  await eventually(() => old.asked.at(-1)).toBe('old-1');
  await moveTo({ deviceId: 'd2', refresh: 'next-0', validator: next.url });
  await eventually(() => next.asked.at(-1)).toBe('next-1');
  await eventually(() => rig.bridge.mesh.ready).toBe(true);
});

it('the name that the relay of an account writes on a sealed frame counts as well as the sealed one', async () => {
  const service = await tokenService('minted-token');
  const relay = await embeddedRelay({ token: 'minted-token' });
  const roomKey = Buffer.alloc(32, 7).toString('base64');
  const connection = { url: relay.url, channel: 'lab', did: 'd1', refresh: 'secret-0', validator: service.url };
  const config = {
    relay: { connection, roomKey },
    security: { defaultRole: 'viewer', phones: { dad: 'operator' } },
  };
  const rig = await Rig.open(async () => relay, { token: 'minted-token', config });
  onTestFinished(() => rig.close());
  await eventually(() => typeof rig.bridge.store.point('shed', 'temp')?.value).toBe('number');
  await eventually(() => rig.bridge.mesh.ready).toBe(true);
  const eve = await rig.outsider();
  const dad = roomCipher(roomKey, { channel: 'lab', name: 'dad', clock: systemClock() });
  const pump = (value: boolean) => dad.seal({ msg_type: 'rig.cmd', dev: 'shed', point: 'pump', value });
  eve.send({ ...pump(true), _from: 'kid' });
  const told = async () => (await askControl(rig.control, { op: 'audit' }))['commands'];
  await eventually(told).toMatchObject([{ from: 'kid', via: 'sealed', code: 'role' }]);
  const kid = roomCipher(roomKey, { channel: 'lab', name: 'kid', clock: systemClock() });
  eve.send({ ...kid.seal({ msg_type: 'rig.cmd', dev: 'shed', point: 'fan', value: 1 }), _from: 'dad' });
  await eventually(told).toMatchObject([{ what: 'shed.pump' }, { what: 'shed.fan', via: 'sealed', code: 'role' }]);
  eve.send(pump(true));
  await eventually(() => rig.bridge.store.point('shed', 'pump')?.value).toBe(true);
});
