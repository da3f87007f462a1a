import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import type { BridgeParts } from '../../src/bridge-parts.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { eventually } from '../support/eventually.js';
import { KeptLog } from '../support/mesh-side.js';
import { embeddedRelay } from '../support/relays.js';
import { Rig } from '../support/rig.js';

const open: Rig[] = [];
afterEach(async () => {
  for (const rig of open.splice(0)) await rig.close();
});

/** The account's service, as far as notices go. */
async function service(answer: RequestListener = (_, response) => response.end('{"sent":1,"stale":0}')) {
  const asked: { path: string; headers: IncomingHttpHeaders; body: JsonObject }[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      asked.push({ path: `${request.method} ${request.url}`, headers: request.headers, body: JSON.parse(text) });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const texts = () => asked.map(({ body }) => body['body']);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, texts };
}

async function rigWith(url: string, notify: JsonObject = {}) {
  const log = new KeptLog();
  const alarms = [{ when: 'shed.temp > 30', text: 'the shed is hot' }];
  const config = { notify: { service: url, token: 'jwt-of-a-session', alarms, lost: '1s', ...notify } };
  const rig = await Rig.open(embeddedRelay, { config, log });
  open.push(rig);
  rig.board().simulator.silent();
  // What it says while it boots does not count.
  const temp = () => {
    rig.board().say('temp=20\n');
    return rig.bridge.store.point('shed', 'temp')?.value;
  };
  await eventually(temp).toBe(20);
  return { rig, log };
}

it('phones get notices of an alarm, of an emergency stop and of a lost device', async () => {
  const { url, asked, texts } = await service();
  const { rig, log } = await rigWith(url);
  expect(asked).toEqual([]);
  rig.board().say('temp=31\n');
  await eventually(() => texts()).toEqual(['the shed is hot']);
  expect(asked[0]).toMatchObject({
    path: 'POST /alerts/notify',
    headers: { authorization: 'jwt-of-a-session' },
    body: { title: 'rig', channel: 'lab', interruption: 'time-sensitive', threadId: 'rig.alarm0' },
  });
  const anna = await rig.phone('anna');
  anna.send({ msg_type: 'rig.estop', _from: 'anna' });
  anna.send({ msg_type: 'rig.estop', _from: 'anna' });
  await eventually(() => texts().slice(1)).toEqual(['emergency stop: all outputs go to safe']);
  rig.board().pull();
  await eventually(() => texts().slice(2)).toEqual(['shed is lost']);
  expect(log.all).not.toContain('jwt-of-a-session');
});

it('a service that never answers holds up nothing', async () => {
  const { url, texts } = await service(() => {});
  const { rig } = await rigWith(url);
  rig.board().say('temp=31\n');
  await eventually(() => texts().length).toBe(1);
  rig.board().say('temp=32\n');
  await eventually(() => rig.bridge.store.point('shed', 'temp')?.value).toBe(32);
  const begun = performance.now();
  await rig.bridge.stop();
  expect(performance.now() - begun).toBeLessThan(2_000);
});

it('a config that is read anew loses no notice, and says none twice', async () => {
  const account = await service();
  const broken = await service((_, response) => response.writeHead(503).end());
  const { rig } = await rigWith(account.url);
  rig.board().say('temp=31\n');
  await eventually(() => account.texts()).toEqual(['the shed is hot']);
  const { parts } = rig.bridge as unknown as { parts: BridgeParts };
  const reload = (notify: JsonObject) => {
    const config = { ...parts.config, notify: { ...parts.config.notify, ...notify } } as BridgeParts['config'];
    return rig.bridge.reload({ ...parts, config });
  };
  await reload({ service: broken.url });
  const anna = await rig.phone('anna');
  anna.send({ msg_type: 'rig.estop', _from: 'anna' });
  await eventually(() => broken.texts()).toEqual(['emergency stop: all outputs go to safe']);
  await reload({ service: account.url });
  await eventually(() => account.texts().slice(1)).toEqual(['emergency stop: all outputs go to safe']);
  await reload({ alarms: [] });
  rig.board().pull();
  await eventually(() => account.texts().slice(2)).toEqual(['shed is lost']);
});
