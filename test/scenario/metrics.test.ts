import { once } from 'node:events';
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeError } from '../../src/error.js';
import { silentLog } from '../../src/log.js';
import { eventually } from '../support/eventually.js';
import type { Phone } from '../support/phone.js';
import { embeddedRelay } from '../support/relays.js';
import { Rig, says } from '../support/rig.js';
import { samplesOf, scrape } from '../support/scrape.js';

const TOKEN = 'a-token-that-nobody-may-see';

describe('the metrics of a bridge', () => {
  let rig: Rig;
  let phone: Phone;
  let url: string;

  const metrics = async () => samplesOf((await scrape(`${url}/metrics`)).body);
  const health = async () => (await scrape(`${url}/health`)).status;
  const repeated = async (times: number) => {
    const answers: number[] = [];
    for (let i = 0; i < times; i++) answers.push(await health());
    return answers;
  };
  const command = async (value: unknown, point = 'pump') => {
    const id = phone.command({ msg_type: 'rig.cmd', dev: 'shed', point, value });
    return await phone.waitFor((frame) => frame['cmd_id'] === id);
  };

  beforeAll(async () => {
    rig = await Rig.open(embeddedRelay, { token: TOKEN, config: { metrics: { port: 0 } } });
    phone = await rig.phone();
    await phone.waitFor(says('shed', 'pump', false), 8_000);
    url = rig.bridge.metrics?.url ?? '';
  });

  afterAll(() => rig.close());

  it('count what devices say, what phones want and what the relay carries', async () => {
    expect(await command(true)).toMatchObject({ ok: true });
    expect(await command('maybe')).toMatchObject({ code: 'type' });
    expect(await command(120, 'fan')).toMatchObject({ code: 'range' });
    rig.board().say('\u0001\u0002\n');
    const garbled = 'carter_device_bad_lines_total{device="shed",reason="garbled"}';
    await eventually(() => rig.bridge.fleet.devices.get('shed')?.counters.garbled).toBe(1);
    const now = await metrics();
    expect(now.get(garbled)).toBe(1);
    expect(now.get('carter_device_sessions_total{device="shed"}')).toBe(1);
    expect(now.get('carter_device_readings_total{device="shed"}')).toBeGreaterThan(0);
    const lines = now.get('carter_device_lines_total{device="shed"}') ?? 0;
    expect(lines).toBeGreaterThan(0);
    expect(now.get('carter_device_bytes_total{device="shed",direction="in"}')).toBeGreaterThan(5 * lines);
    expect(now.get('carter_device_bytes_total{device="shed",direction="out"}')).toBeGreaterThanOrEqual(
      'PUMP on\n'.length,
    );
    expect(now.get('carter_commands_total{outcome="ok"}')).toBe(1);
    expect(now.get('carter_commands_total{outcome="refused"}')).toBe(2);
    expect(now.get('carter_command_refusals_total{code="type"}')).toBe(1);
    expect(now.get('carter_command_refusals_total{code="range"}')).toBe(1);
    expect(now.get('carter_command_refusals_total{code="estop"}')).toBe(0);
    expect(now.get('carter_device_health{device="shed",health="online"}')).toBe(1);
    expect(now.get('carter_device_health{device="shed",health="offline"}')).toBe(0);
    expect(now.get('carter_relay_joined')).toBe(1);
    expect(now.get('carter_relay_reconnects_total')).toBe(0);
    const frames = now.get('carter_relay_frames_total{direction="out"}') ?? 0;
    expect(frames).toBeGreaterThan(0);
    expect(now.get('carter_relay_bytes_total{direction="out"}')).toBeGreaterThan(50 * frames);
    expect(now.get('carter_frames_total{kind="state"}')).toBeGreaterThan(0);
    expect(now.get('process_open_fds')).toBeGreaterThan(5);
    expect(now.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  });

  it('tell how late the event loop was since they were asked last', async () => {
    const worst = 'carter_event_loop_lag_seconds{quantile="1"}';
    await metrics();
    await new Promise((resolve) => setTimeout(resolve, 100));
    const until = performance.now() + 300;
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await metrics()).get(worst)).toBeGreaterThan(0.2);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await metrics()).get(worst)).toBeLessThan(0.2);
  });

  it('say 200 while everything is online, and 503 and why otherwise', async () => {
    const well = await scrape(`${url}/health`);
    expect(well.status).toBe(200);
    expect(JSON.parse(well.body)).toMatchObject({
      ok: true,
      reasons: [],
      relay: 'joined',
      devices: { shed: { driver: 'lines', health: 'online', state: 'live' } },
    });
    expect((await metrics()).get('carter_estop_latched')).toBe(0);
    rig.board().pull();
    await eventually(() => rig.bridge.store.health('shed')).toBe('offline');
    expect(await health()).toBe(503);
    const ill = JSON.parse((await scrape(`${url}/health`)).body);
    expect(ill).toMatchObject({ ok: false, reasons: ['shed offline'], devices: { shed: { health: 'offline' } } });
    expect(ill.devices.shed.trouble).toContain('[port/');
    const page = await scrape(url);
    expect(page).toMatchObject({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' } });
    expect(page.body).toContain('<li>shed offline</li>');
    rig.board().plug();
    await eventually(() => rig.bridge.store.health('shed')).toBe('online');
    expect(await health()).toBe(200);
    expect((await metrics()).get('carter_device_sessions_total{device="shed"}')).toBe(2);
  });

  it('say whether the emergency stop is latched, which is no fault', async () => {
    await rig.bridge.router.emergencyStop('anna');
    expect((await metrics()).get('carter_estop_latched')).toBe(1);
    expect((await scrape(url)).body).toContain('The emergency stop is latched.');
    expect(await health()).toBe(200);
    rig.bridge.router.releaseStop('anna');
    expect((await metrics()).get('carter_estop_latched')).toBe(0);
  });

  it('say what is asked for, read anew, and can not be written down', async () => {
    const { bridge } = rig;
    const count = async (name: string) => (await metrics()).get(name);
    await phone.request('rig', 'rig.get_state');
    await phone.request('rig', 'rig.set', { dev: 'shed', point: 'nose', value: 1 });
    expect(await count('carter_requests_total{outcome="ok"}')).toBe(1);
    expect(await count('carter_requests_total{outcome="refused"}')).toBe(1);
    bridge.reloads.taken++;
    expect(await count('carter_config_reloads_total{outcome="taken"}')).toBe(1);
    expect(await count('carter_config_reloads_total{outcome="refused"}')).toBe(0);
    expect(await count('carter_device_restart_budgets_spent_total{device="shed"}')).toBe(0);
    expect(await count('carter_state_write_failures_total{file="estop.json"}')).toBe(0);
    const full = join(dirname(rig.control), 'boards.json.new');
    mkdirSync(full);
    expect(await bridge.memory.boards.approve('shed', 'shed@1', undefined)).toBe(false);
    expect(await count('carter_state_write_failures_total{file="boards.json"}')).toBe(1);
    expect(await count('carter_state_failing{file="boards.json"}')).toBe(1);
    expect(await count('carter_state_set_aside_total{file="boards.json"}')).toBe(0);
    const { status, body } = await scrape(`${url}/health`);
    expect({ status, ...JSON.parse(body) }).toMatchObject({
      status: 503,
      ok: false,
      reasons: ['storage failing'],
      storage: 'failing',
      stopped: false,
    });
    rmdirSync(full);
    await bridge.memory.boards.settled();
    expect(await health()).toBe(200);
  });

  it('hold nothing secret', async () => {
    for (const path of ['/metrics', '/health', '/']) expect((await scrape(url + path)).body).not.toContain(TOKEN);
  });

  it('are told to nobody who asks for another host, such as a page that made its name point here', async () => {
    for (const path of ['/metrics', '/health', '/']) {
      const { status, body } = await scrape(url + path, { headers: { host: 'evil.example' } });
      expect({ status, body }).toEqual({ status: 421, body: 'This is not the host that was asked for.\n' });
    }
    const { port } = new URL(url);
    expect((await scrape(`${url}/health`, { headers: { host: `LOCALHOST:${port}` } })).status).toBe(200);
  });

  it('are told to whoever asks, although others hold connections and say nothing', async () => {
    const { port } = new URL(url);
    const held = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const socket = connect({ port: Number(port), host: '127.0.0.1' });
        socket.on('error', () => {}); // hung up on
        await once(socket, 'connect');
        return socket;
      }),
    );
    await expect.poll(() => health().catch(() => 0), { timeout: 2_000 }).toBe(200);
    for (const socket of held) socket.destroy();
  });

  it('are told to nobody who names two hosts', async () => {
    const { host, port } = new URL(url);
    const socket = connect({ port: Number(port), host: '127.0.0.1' });
    socket.write(`GET /health HTTP/1.1\r\nHost: ${host}\r\nHost: evil.example\r\n\r\n`);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /);
    socket.destroy();
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('change nothing: %s is refused', async (method) => {
    expect((await scrape(`${url}/metrics`, { method })).status).toBe(405);
  });

  it('have no other page', async () => {
    expect((await scrape(`${url}/metrics/more`)).status).toBe(404);
    expect((await scrape(`${url}/health?verbose`)).status).toBe(200);
    expect(await scrape(`${url}/health`, { method: 'HEAD' })).toMatchObject({ status: 200, body: '' });
  });

  it('are told to nobody too often', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => repeated(8)));
    expect(new Set(answers.flat())).toEqual(new Set([200, 429]));
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    expect(await health()).toBe(200);
  });

  it('let no page of another site read them or run in them', async () => {
    const { headers } = await scrape(url);
    expect(headers['access-control-allow-origin']).toBeUndefined();
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
  });
});

it('a board that drops out while the supply is too low has that as its trouble', async () => {
  const warnings: string[] = [];
  const log = {
    ...silentLog,
    warn: (_: object, message: string) => void warnings.push(message),
    child: () => log,
  };
  const rig = await Rig.open(embeddedRelay, { config: { metrics: { port: 0 } }, log });
  await eventually(() => rig.bridge.store.health('shed')).toBe('online');
  const sensor = join(rig.usb.roots.sys, 'class/hwmon/hwmon1');
  mkdirSync(sensor, { recursive: true });
  writeFileSync(join(sensor, 'name'), 'rpi_volt\n');
  writeFileSync(join(sensor, 'in0_lcrit_alarm'), '1\n');
  rig.board().pull();
  const said = 'the supply voltage of this machine is too low now, which makes USB devices drop out';
  await eventually(() => warnings).toContain(said);
  const { body } = await scrape(`${rig.bridge.metrics?.url}/health`);
  expect(JSON.parse(body).devices.shed.trouble).toContain(said);
  rig.board().plug();
  await eventually(() => rig.bridge.store.health('shed')).toBe('online');
  expect(rig.bridge.fleet.devices.get('shed')?.trouble).toBeUndefined();
  await rig.close();
});

it('a bridge whose port for metrics is taken says so and does without', async () => {
  const first = await Rig.open(embeddedRelay, { config: { metrics: { port: 0 } } });
  const port = Number(new URL(first.bridge.metrics?.url ?? '').port);
  const warnings: string[] = [];
  const warn = (fields: object, message: string) =>
    void warnings.push(`${message}: ${describeError((fields as { err?: unknown }).err)}`);
  const log = { ...silentLog, warn, child: () => log };
  const second = await Rig.open(embeddedRelay, { config: { metrics: { port } }, log });
  expect(warnings.filter((line) => line.startsWith('opening'))).toEqual([
    `opening the metrics failed: port ${port} on 127.0.0.1 is in use; stop the program that listens on port ${port}, or choose another port (0 = any free one) [metrics/listen]`,
  ]);
  expect(second.bridge.metrics?.url).toBeUndefined();
  await Promise.all([first.close(), second.close()]);
});
