import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { embeddedRelay } from '../support/relays.js';
import { Rig } from '../support/rig.js';

/** A service that gives this token, and a new lasting secret each time. */
async function tokenService(token: string) {
  const asked: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      asked.push(JSON.parse(text).refreshToken);
      response.end(JSON.stringify({ deviceToken: token, refreshToken: `secret-${asked.length}` }));
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
  for (const secret of ['secret-0', 'secret-1']) {
    const relay = await embeddedRelay({ token: 'minted-token' });
    const connection = { url: relay.url, channel: 'lab', token: 'stale', ...own };
    const config = { bridge: { name: 'rig', namespace: 'rig', stateDir }, relay: { connection, allowOpenRelay: true } };
    const rig = await Rig.open(async () => relay, { devices: {}, config });
    await eventually(() => rig.bridge.mesh.ready).toBe(true);
    expect(service.asked.at(-1)).toBe(secret);
    const kept = () => readFileSync(join(stateDir, 'device.json'), 'utf8');
    await eventually(kept).toContain(`secret-${service.asked.length}`);
    await rig.close();
  }
});
