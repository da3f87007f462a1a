import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { BoardSimulator } from '../../devices/board/simulator.js';
import { panelCommand } from '../../src/cli/panel.js';
import { askControl } from '../../src/control/client.js';
import { silentLog } from '../../src/log.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { Sessions } from '../../src/panel/sessions.js';
import { StateFile } from '../../src/state/state-file.js';
import { systemClock } from '../../src/system-clock.js';
import { eventually } from '../support/eventually.js';
import { ask, cookieOf, PageClient } from '../support/page-client.js';
import { printing } from '../support/printing.js';
import { embeddedRelay } from '../support/relays.js';
import { Rig, type RigOptions } from '../support/rig.js';

const page = mkdtempSync(join(tmpdir(), 'carter-page-'));
writeFileSync(join(page, 'index.html'), '<!doctype html><title>page</title>');
writeFileSync(join(page, 'panel.css'), 'body{}');
afterAll(() => rmSync(page, { recursive: true, force: true }));

const HEATER = { role: 'actuator', type: 'boolean', write: 'HEATER {value:on|off}', arm: '10s' };

const open: Rig[] = [];
afterEach(async () => {
  for (const rig of open.splice(0)) await rig.close();
});

async function rigWith(options: RigOptions = {}) {
  const rig = await Rig.open(embeddedRelay, { devices: { shed: { driver: 'board' } }, page, ...options });
  open.push(rig);
  const link = () => rig.bridge.panel?.link() ?? '';
  const cookie = await cookieOf(link());
  return { rig, link, cookie, url: new URL('/', link()).href };
}

describe('the panel lets in', () => {
  it('one browser a link, which then has a cookie that no script and no other site gets', async () => {
    const { link, url } = await rigWith();
    const once = link();
    expect((await ask(once, {}, 'HEAD')).status).toBe(410);
    const first = await ask(once);
    expect(first.status).toBe(200);
    expect(first.body).toContain('http-equiv="refresh" content="0;url=/"');
    const [cookie] = first.headers['set-cookie'] as string[];
    expect(cookie).toMatch(/^carter-panel-\d+=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/);
    expect(once).not.toContain(String(cookie?.split(/[=;]/)[1]));
    expect((await ask(once)).status).toBe(410);
    expect((await ask(url)).status).toBe(401);
    const shown = await ask(url, { cookie: String(cookie?.split(';')[0]) });
    expect(shown.status).toBe(200);
    expect(shown.body).toContain('<title>page</title>');
    expect(String(shown.headers['content-security-policy'])).toMatch(
      /default-src 'none'; script-src 'self'; style-src 'self';/,
    );
    const again = await ask(url, { cookie: String(cookie), 'if-none-match': String(shown.headers['etag']) });
    expect(again).toMatchObject({ status: 304, body: '' });
  });

  it('nobody with a wrong cookie, host, origin, method, path or body', async () => {
    const { url, cookie, link } = await rigWith();
    const { port } = new URL(url);
    const name = cookie.split('=')[0];
    for (const wrong of [`${name}=`, `${name}=x`, `${cookie}x`, `other=${cookie.split('=')[1]}`]) {
      expect((await ask(url, { cookie: wrong })).status, wrong).toBe(401);
    }
    for (const host of [`evil.example:${port}`, '127.0.0.1', `127.0.0.1:1`, `127.0.0.1:${port}.evil.example`]) {
      expect((await ask(url, { cookie, host })).status, host).toBe(421);
      await expect(PageClient.open(link(), cookie, { host })).rejects.toThrow('421');
    }
    for (const origin of [
      'http://evil.example',
      `https://127.0.0.1:${port}`,
      'null',
      `http://127.0.0.1:${port}.evil.example`,
    ]) {
      await expect(PageClient.open(link(), cookie, { origin }), origin).rejects.toThrow('403');
    }
    await expect(PageClient.open(link(), 'x=y')).rejects.toThrow('401');
    expect((await ask(url, { cookie, host: `localhost:${port}` })).status).toBe(200);
    expect((await ask(url, { cookie }, 'POST')).status).toBe(405);
    expect((await ask(url, { cookie }, 'POST', 'x'.repeat(1000))).status).toBe(413);
    for (const path of ['../package.json', '%2e%2e/package.json', 'index.html', 'live', '__proto__', '.']) {
      expect((await ask(`${url}${path}`, { cookie })).status, path).not.toBe(500);
      if (path !== '.' && path !== '../package.json')
        expect((await ask(`${url}${path}`, { cookie })).status, path).toBe(404);
    }
  });

  it.each([
    ['a page', ''],
    ['a socket', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'],
  ])('a browser, although strangers who were refused %s do not hang up', async (_what, more) => {
    const { url, cookie } = await rigWith();
    const { host, port } = new URL(url);
    const strangers = Array.from({ length: 70 }, async () => {
      const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
      socket.on('error', () => {}); // no room any more
      const heard = new Promise((resolve) => socket.on('data', resolve).on('close', resolve));
      socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n${more}\r\n`);
      await heard;
      return socket;
    });
    const held = await Promise.all(strangers);
    const status = () =>
      ask(url, { cookie }).then(
        (answer) => answer.status,
        () => 'no answer',
      );
    await expect.poll(status, { timeout: 1_000 }).toBe(200);
    for (const socket of held) socket.destroy();
  });

  it('a browser, although others connect, say nothing, and come again as soon as they are hung up on', async () => {
    const { url, link, cookie } = await rigWith();
    const { port } = new URL(url);
    const held = new Set<Socket>();
    let over = false;
    const knock = () => {
      const socket = connect({ port: Number(port), host: '127.0.0.1' });
      held.add(socket);
      socket.on('error', () => {}); // hung up on
      socket.on('close', () => {
        held.delete(socket);
        if (!over) setImmediate(knock);
      });
    };
    for (let i = 0; i < 100; i++) knock();
    await eventually(() => held.size).toBeGreaterThan(60);
    const page = await PageClient.open(link(), cookie);
    for (let i = 0; i < 10; i++) expect((await ask(url, { cookie })).status).toBe(200);
    page.send('broadcast_request', { msg_type: 'rig.poll' });
    await eventually(() => page.broadcasts('rig.state').length).toBeGreaterThan(0);
    over = true;
    for (const socket of held) socket.destroy();
    await page.close();
  });

  it('nobody for a cookie, a code or a token in an address, and says none in one', async () => {
    const { url, cookie, link } = await rigWith();
    const [name, token = ''] = cookie.split('=');
    for (const query of [
      `?token=${token}`,
      `?${cookie}`,
      `?access_token=${token}`,
      `?${name}=${token}`,
      `open/${token}`,
    ]) {
      expect((await ask(`${url}${query}`)).status, query).not.toBe(200);
    }
    const page = new URL('/live', url).href.replace('http', 'ws');
    const { host, origin } = new URL(url);
    const socket = new WebSocket(`${page}?token=${token}`, { headers: { host, origin } });
    await expect(new Promise((_, reject) => socket.on('error', reject))).rejects.toThrow('403');
    expect(link()).not.toContain(token);
  });

  it('a page without anything that its policy would forbid', async () => {
    const built = readFileSync(join(import.meta.dirname, '../../src/panel/page/index.html'), 'utf8');
    const { url, link } = await rigWith();
    const pages = [built, (await ask(url)).body, (await ask(`${url}open/none`)).body, (await ask(link())).body];
    for (const text of pages) {
      expect(text).toContain('<html');
      expect(text).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|javascript:|https?:\/\//i);
    }
  });

  it('eight pages, and none that floods it, sends bytes, or what is no frame', async () => {
    const { link, cookie } = await rigWith();
    const pages = await Promise.all(Array.from({ length: 8 }, () => PageClient.open(link(), cookie)));
    await expect(PageClient.open(link(), cookie)).rejects.toThrow('503');
    const [flooder, binary, garbled, huge, parted, ...others] = pages as PageClient[];
    if (!flooder || !binary || !garbled || !huge || !parted) throw new Error('not enough pages');
    for (let i = 0; i < 60; i++) flooder.send('broadcast_request', { msg_type: 'rig.poll' });
    expect(await flooder.closed).toBe(1008);
    binary.raw(Buffer.from([1, 2, 3]));
    expect(await binary.closed).toBe(1003);
    garbled.raw('{"type":');
    expect(await garbled.closed).toBe(1007);
    huge.raw('x'.repeat(70_000));
    expect(await huge.closed).toBe(1009);
    for (let i = 0; i < 17; i++) parted.raw(' ', false);
    expect(await parted.closed).toBe(1008);
    for (const other of others) await other.close();
    await (await PageClient.open(link(), cookie)).close();
  });
});

describe('a browser that was let in', () => {
  it('is known again after a restart, and by nothing that is kept', async () => {
    const { rig, cookie, url } = await rigWith();
    const kept = () => readFileSync(join(dirname(rig.control), 'panel.json'), 'utf8');
    await expect.poll(() => existsSync(join(dirname(rig.control), 'panel.json'))).toBe(true);
    expect(kept()).not.toContain(String(cookie.split('=')[1]));
    const known = new Sessions(systemClock(), new StateFile(join(dirname(rig.control), 'panel.json'), silentLog));
    expect(known.of(String(cookie.split('=')[1]))).toMatchObject({ role: 'operator' });
    expect((await ask(url, { cookie })).status).toBe(200);
  });

  it('signs out alone: its pages close, its cookie opens nothing any more', async () => {
    const { link, cookie, url } = await rigWith();
    const other = await cookieOf(link());
    const [mine, theirs] = [await PageClient.open(link(), cookie), await PageClient.open(link(), other)];
    expect((await ask(`${url}leave`, {}, 'HEAD')).status).toBe(401);
    expect((await ask(`${url}leave`, { cookie, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    const left = await ask(`${url}leave`, { cookie, 'sec-fetch-site': 'same-origin' });
    expect(left.status).toBe(200);
    expect(String(left.headers['set-cookie'])).toMatch(/^carter-panel-\d+=; Path=\/; Max-Age=0;/);
    expect(await mine.closed).toBe(1008);
    expect((await ask(url, { cookie })).status).toBe(401);
    await expect(PageClient.open(link(), cookie)).rejects.toThrow('401');
    expect((await ask(url, { cookie: other })).status).toBe(200);
    expect(await theirs.ask('panel.pairing', null)).toBeDefined();
    await theirs.close();
  });

  it('is signed out with all others from the command line', async () => {
    const { rig, link, cookie, url } = await rigWith();
    const page = await PageClient.open(link(), cookie);
    const printed: string[] = [];
    const context = printing(printed);
    expect(await panelCommand({ stateDir: dirname(rig.control), revoke: true }, context)).toBe(0);
    expect(printed).toEqual(['1 browser was signed out']);
    expect(await page.closed).toBe(1008);
    expect((await ask(url, { cookie })).status).toBe(401);
    expect((await ask(url, { cookie: await cookieOf(link()) })).status).toBe(200);
    for (const said of ['1 browser was signed out', 'no browser was signed in']) {
      await panelCommand({ stateDir: dirname(rig.control), revoke: true }, context);
      expect(printed.at(-1)).toBe(said);
    }
  });
});

describe('viewers', () => {
  it('leave half of the pages, and connections, to operators', async () => {
    const { rig, link, cookie, url } = await rigWith();
    const viewer = await cookieOf(String(rig.bridge.panel?.link('viewer')));
    const pages = await Promise.all(Array.from({ length: 4 }, () => PageClient.open(link(), viewer)));
    await expect(PageClient.open(link(), viewer)).rejects.toThrow('503');
    const { host, port } = new URL(url);
    const held = await Promise.all(
      Array.from({ length: 60 }, async () => {
        const socket = connect({ port: Number(port), host: '127.0.0.1' });
        socket.on('error', () => {}); // no room any more
        const heard = new Promise((resolve) => socket.on('data', resolve).on('close', resolve));
        socket.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nCookie: ${viewer}\r\n\r\n`);
        await heard;
        return socket;
      }),
    );
    const own = await Promise.all(Array.from({ length: 4 }, () => PageClient.open(link(), cookie)));
    for (const socket of held) socket.destroy();
    for (const page of [...pages, ...own]) await page.close();
  });
});

describe('a page of the panel', () => {
  it('that was sent away is not heard any more, and makes room although it does not answer', async () => {
    const { rig, link, cookie } = await rigWith();
    const client = await PageClient.open(link(), cookie);
    await eventually(() => rig.bridge.store.health('shed')).toBe('online');
    await eventually(() => client.broadcasts('rig.state').some((frame) => 'shed' in frame)).toBe(true);
    client.deafen();
    client.raw('{"type":');
    client.send('broadcast_request', { msg_type: 'rig.cmd', dev: 'shed', point: 'pump', value: true, _cmd: 'late' });
    const pages = await Promise.all(Array.from({ length: 7 }, () => PageClient.open(link(), cookie)));
    const room = () => PageClient.open(link(), cookie).then((page) => pages.push(page));
    await expect.poll(() => room().then(() => 'room', String), { timeout: 5_000 }).toBe('room');
    const audit = await askControl(rig.control, { op: 'audit' });
    expect(audit['commands']).toEqual([]);
    for (const page of pages) await page.close();
  });

  it('is one more viewer: layout, full state, commands with acks, refusals', async () => {
    const { rig, link, cookie } = await rigWith();
    const client = await PageClient.open(link(), cookie);
    await eventually(() => client.ofType('panel.layout').length).toBeGreaterThan(0);
    expect(client.ofType('welcome')[0]).toMatchObject({ viewer: 'panel-1', name: 'rig', namespace: 'rig' });
    await eventually(() => rig.bridge.store.health('shed')).toBe('online');
    await eventually(() => client.broadcasts('rig.state').some((frame) => 'shed' in frame)).toBe(true);
    const anna = await rig.phone('anna');

    const ack = await client.command({ msg_type: 'rig.cmd', dev: 'shed', point: 'pump', value: true });
    expect(ack).toMatchObject({ ok: true, value: true, to: 'panel-1' });
    expect(rig.board().simulated(BoardSimulator).output('pump')).toBe(true);
    await anna.waitFor((frame) => (frame['shed'] as JsonObject | undefined)?.['pump'] === true);
    expect(anna.frames('command_ack')).toEqual([]);

    const refused = await client.command({ msg_type: 'rig.cmd', dev: 'shed', point: 'fan', value: 101 });
    expect(refused).toMatchObject({ ok: false, code: 'range' });
    const told = (frame: JsonObject) =>
      (frame['entry'] as JsonObject | undefined)?.['text'] === 'shed: fan refused: range';
    await anna.waitFor(told);
    await eventually(() => client.broadcasts('rig.log').filter(told).length).toBe(1);

    const card = await client.ask('route_msg', { target_id: 'bridge', type: 'rig.card', payload: { id: 'shed' } });
    expect(card).toMatchObject({ ok: true, title: 'shed' });
    await client.close();
  });

  it('shares nothing that it armed, and none of its pace, with a phone that calls itself by its name', async () => {
    const lines = { driver: 'lines', boot: '300ms', points: { temp: {}, heater: HEATER } };
    const { rig, link, cookie } = await rigWith({ devices: { shed: lines } });
    const client = await PageClient.open(link(), cookie);
    await eventually(() => rig.bridge.store.point('shed', 'heater')?.value).toBe(false);
    const mallory = await rig.phone('panel-1');
    const heater = { dev: 'shed', point: 'heater' };
    expect(await client.command({ msg_type: 'rig.arm', ...heater })).toMatchObject({ ok: true });
    const on = { msg_type: 'rig.cmd', ...heater, value: true };
    const id = mallory.command(on);
    expect(await mallory.waitFor((frame) => frame['cmd_id'] === id)).toMatchObject({ ok: false, code: 'unarmed' });
    for (let i = 0; i < 30; i++) mallory.command({ msg_type: 'rig.cmd', dev: 'shed', point: 'temp', value: i });
    expect(await client.command(on)).toMatchObject({ ok: true, value: true });
    await client.close();
  });

  it('keeps the emergency stop one for all: a second press after the reset is not taken for the first', async () => {
    const { rig, link, cookie } = await rigWith();
    const client = await PageClient.open(link(), cookie);
    await eventually(() => rig.bridge.store.health('shed')).toBe('online');
    const anna = await rig.phone('anna');
    const stop = { msg_type: 'rig.estop' };
    expect(await client.command(stop)).toMatchObject({ ok: true });
    const release = anna.command({ msg_type: 'rig.estop_reset' });
    expect(await anna.waitFor((frame) => frame['cmd_id'] === release)).toMatchObject({ ok: true });
    expect(await client.command(stop)).toMatchObject({ ok: true });
    const cmd = { msg_type: 'rig.cmd', dev: 'shed', point: 'pump', value: true };
    expect(await client.command(cmd)).toMatchObject({ ok: false, code: 'estop' });
    await client.close();
  });

  it('works while the relay is away, and is told so', async () => {
    const { rig, link, cookie } = await rigWith();
    const client = await PageClient.open(link(), cookie);
    await eventually(() => rig.bridge.store.health('shed')).toBe('online');
    await rig.relay.kill();
    await eventually(() => client.ofType('panel.status').at(-1)).toMatchObject({ relay: { joined: false } });
    const ack = await client.command({ msg_type: 'rig.cmd', dev: 'shed', point: 'pump', value: true });
    expect(ack).toMatchObject({ ok: true });
    await client.close();
  });

  it('gets a board that is plugged in later: its layout, its list, its consent', async () => {
    const { rig, link, cookie } = await rigWith();
    const client = await PageClient.open(link(), cookie);
    const board = new BoardSimulator(systemClock(), 7, { identity: { id: 'newcomer' } });
    rig.usb.plug('ttyUSB7', board);
    const entry = () =>
      (client.ofType('panel.devices').at(-1)?.['devices'] as JsonObject[] | undefined)?.find(
        ({ id }) => id === 'newcomer',
      );
    await eventually(() => entry()?.['health']).toBe('unapproved');
    const titles = () =>
      (client.ofType('panel.layout').at(-1)?.['layout'] as { tabs: { title: string }[] } | undefined)?.tabs.map(
        ({ title }) => title,
      );
    await eventually(titles).toContain('newcomer');
    const cmd = { msg_type: 'rig.cmd', dev: 'newcomer', point: 'pump', value: true };
    expect(await client.command(cmd)).toMatchObject({ ok: false, code: 'unapproved' });
    await eventually(() => entry()?.['manifest']).toEqual(expect.any(String));
    const manifest = entry()?.['manifest'];
    expect(await client.ask('panel.approve', { device: 'newcomer', manifest })).toMatchObject({ ok: true });
    await eventually(() => entry()).toMatchObject({ approved: true, health: 'online' });
    expect(await client.command(cmd)).toMatchObject({ ok: true });
    expect(await client.ask('panel.approve', { device: 'nobody' })).toMatchObject({ ok: false });
    const audit = await askControl(rig.control, { op: 'audit' });
    const approvals = (audit['commands'] as JsonObject[]).filter(({ what }) => what === 'approve');
    expect(approvals).toMatchObject([
      { from: 'panel-1', via: 'local', wish: '"newcomer"', ok: true },
      { from: 'panel-1', via: 'local', wish: '"nobody"', ok: false },
    ]);
    await client.close();
  });

  it('of a viewer shows everything and switches nothing but the emergency stop', async () => {
    const { rig } = await rigWith();
    const { link } = await askControl(rig.control, { op: 'panel', role: 'viewer' });
    const cookie = await cookieOf(String(link));
    const client = await PageClient.open(String(link), cookie);
    await eventually(() => client.broadcasts('rig.state').some((frame) => 'shed' in frame)).toBe(true);
    expect(client.ofType('welcome')[0]).toMatchObject({ role: 'viewer' });
    const wish = { dev: 'shed', point: 'pump', value: true };
    expect(await client.command({ msg_type: 'rig.cmd', ...wish })).toMatchObject({ ok: false, code: 'role' });
    expect(await client.command({ msg_type: 'rig.estop_reset' })).toMatchObject({ ok: false, code: 'role' });
    const set = { type: 'rig.set', payload: { ...wish, via: 'local', role: 'operator' } };
    expect(await client.ask('route_msg', set)).toMatchObject({ ok: false, code: 'role' });
    for (const type of ['panel.approve', 'panel.pairing', 'panel.push']) {
      expect(await client.ask(type, { device: 'shed' }), type).toEqual({ ok: false, message: 'viewers may only look' });
    }
    expect(rig.board().simulated(BoardSimulator).output('pump')).toBe(false);
    expect(await client.command({ msg_type: 'rig.estop' })).toMatchObject({ ok: true });
    await client.close();
  });

  it('is answered, whatever it asks', async () => {
    const { link, cookie } = await rigWith();
    const client = await PageClient.open(link(), cookie);
    // No text can be made of the last two.
    for (const device of [null, 7, {}, [], { toString: 1, valueOf: 1 }, [{ toString: 1, valueOf: 1 }]]) {
      expect(await client.ask('panel.approve', { device }), JSON.stringify(device)).toMatchObject({ ok: false });
    }
    await client.close();
  });

  it('watches the wire of one device at a time', async () => {
    const { rig, link, cookie } = await rigWith();
    const client = await PageClient.open(link(), cookie);
    await eventually(() => rig.bridge.store.health('shed')).toBe('online');
    expect(await client.ask('panel.monitor', { device: 'shed' })).toEqual({ ok: true });
    await eventually(() => client.ofType('panel.monitor').length).toBeGreaterThan(1);
    const [batch] = client.ofType('panel.monitor').filter(({ lines }) => lines);
    expect(batch).toMatchObject({
      device: 'shed',
      skipped: 0,
      lines: [{ direction: expect.stringMatching(/^(in|out)$/) }],
    });
    expect(await client.ask('panel.monitor', { device: 'nobody' })).toMatchObject({ ok: false });
    expect(await client.ask('panel.monitor', { device: null })).toEqual({ ok: true });
    await client.close();
  });

  it('is told that all is offline when the bridge stops, and is hung up on', async () => {
    const { rig, link, cookie } = await rigWith();
    const client = await PageClient.open(link(), cookie);
    await eventually(() => rig.bridge.store.health('shed')).toBe('online');
    await rig.bridge.stop();
    expect(await client.closed).toBe(1001);
    expect(client.broadcasts('rig.health').at(-1)).toMatchObject({ shed: 'offline', bridge: 'offline' });
    expect(rig.bridge.panel?.link()).toBeUndefined();
  });
});
