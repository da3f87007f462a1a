import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/mesh/frame.js';
import { type Attack, repelled } from '../support/attack.js';
import { CANARY, HostileScene } from '../support/hostile-scene.js';
import { ask, cookieOf, PageClient } from '../support/page-client.js';
import { embeddedRelay } from '../support/relays.js';

const PUMP: JsonObject = { msg_type: 'rig.cmd', dev: 'shed', point: 'pump', value: true };

interface Door {
  /** The panel's address, with a slash behind it. */
  readonly url: string;
  readonly host: string;
  readonly port: string;
  /** The cookie of a browser that was let in. */
  readonly cookie: string;
}

async function doorOf(scene: HostileScene): Promise<Door> {
  const { origin, host, port } = new URL(scene.link);
  return { url: `${origin}/`, host, port, cookie: await cookieOf(scene.link) };
}

/** A request of somebody who may have a cookie, and its status. */
function asked(
  name: string,
  status: number,
  with_: (door: Door) => { path?: string; headers?: Record<string, string>; method?: string; body?: string },
): Attack<HostileScene> {
  return {
    name,
    refusal: { status },
    attack: async (scene) => {
      const door = await doorOf(scene);
      const { path = '', headers = {}, method = 'GET', body } = with_(door);
      const { status: got, body: said } = await ask(`${door.url}${path}`, headers, method, body);
      return { status: got, said };
    },
  };
}

/** A page that opens a socket, and the status that it is refused with. */
function socket(name: string, status: number, headers: (door: Door) => Record<string, string>): Attack<HostileScene> {
  return {
    name,
    refusal: { said: `refused with ${status}` },
    attack: async (scene) => {
      const door = await doorOf(scene);
      const opened = PageClient.open(scene.link, door.cookie, headers(door));
      return {
        said: await opened.then(
          () => 'let in',
          (error: Error) => error.message,
        ),
      };
    },
  };
}

/** What a page that was let in sends, and the code that it is hung up on with. */
function sent(name: string, code: number, send: (page: PageClient) => void): Attack<HostileScene> {
  return {
    name,
    refusal: { code },
    attack: async (scene) => {
      const page = await PageClient.open(scene.link, (await doorOf(scene)).cookie);
      send(page);
      return { code: await page.closed };
    },
  };
}

/** What a page that was let in asks, and what it is told. */
function told(
  name: string,
  refusal: object,
  question: (page: PageClient) => Promise<JsonObject>,
): Attack<HostileScene> {
  return {
    name,
    refusal,
    attack: async (scene) => {
      const page = await PageClient.open(scene.link, (await doorOf(scene)).cookie);
      const answer = await question(page);
      await page.close();
      return answer;
    },
  };
}

/** Bytes of somebody who keeps to no rules; resolves with what came until the end. */
function raw(name: string, said: RegExp, text: (door: Door) => string): Attack<HostileScene> {
  return {
    name,
    refusal: { said: expect.stringMatching(said) },
    attack: async (scene) => {
      const door = await doorOf(scene);
      const heard = await new Promise<string>((resolve) => {
        const socket = connect(Number(door.port), '127.0.0.1');
        let all = '';
        socket.on('data', (data) => {
          all += String(data);
        });
        socket.on('error', () => {}); // the close that follows tells
        socket.on('close', () => resolve(all));
        socket.write(text(door));
      });
      return { said: heard };
    },
  };
}

const ATTACKS: Attack<HostileScene>[] = [
  asked('no cookie', 401, () => ({})),
  asked('an empty cookie', 401, ({ cookie }) => ({ headers: { cookie: `${cookie.split('=')[0]}=` } })),
  asked('the beginning of the cookie', 401, ({ cookie }) => ({ headers: { cookie: cookie.slice(0, -1) } })),
  asked('a cookie that somebody thought up', 401, ({ cookie }) => ({
    headers: { cookie: `${cookie.split('=')[0]}=${'A'.repeat(43)}` },
  })),
  asked('a password of no letters', 401, () => ({ headers: { authorization: 'Basic ' } })),
  asked('the key as a bearer', 401, ({ cookie }) => ({
    headers: { authorization: `Bearer ${cookie.split('=')[1]}` },
  })),
  asked('the key in the address', 401, ({ cookie }) => ({ path: `?token=${cookie.split('=')[1]}` })),
  asked('the name of another site', 421, ({ cookie, port }) => ({ headers: { cookie, host: `evil.example:${port}` } })),
  asked('a name that begins as ours', 421, ({ cookie, host }) => ({
    headers: { cookie, host: `${host}.evil.example` },
  })),
  asked('another port', 421, ({ cookie }) => ({ headers: { cookie, host: '127.0.0.1:1' } })),
  asked('the name of another site, and ours in a header of proxies', 421, ({ host }) => ({
    headers: { host: 'evil.example', 'x-forwarded-host': host },
  })),
  asked('a link that somebody thought up', 410, () => ({ path: `open/${'A'.repeat(22)}` })),
  asked('a link named as a prototype', 410, () => ({ path: 'open/__proto__' })),
  asked('a form that another site sends', 413, ({ cookie }) => ({ method: 'POST', headers: { cookie }, body: 'a=b' })),
  asked('a body of a megabyte', 413, ({ cookie }) => ({ method: 'POST', headers: { cookie }, body: 'x'.repeat(1e6) })),
  ...['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH'].map((method) =>
    asked(`the method ${method}`, 405, ({ cookie }) => ({ method, headers: { cookie } })),
  ),
  ...['%2e%2e/package.json', '..%2f..%2fetc/passwd', '__proto__', 'constructor', 'panel-token', 'live', '%00'].map(
    (path) => asked(`the path ${path}`, 404, ({ cookie }) => ({ path, headers: { cookie } })),
  ),
  asked('a header of nine kilobytes', 431, ({ cookie }) => ({ headers: { cookie, 'x-a': 'x'.repeat(9_000) } })),
  socket('a socket of a page of another site', 403, () => ({ origin: 'http://evil.example' })),
  socket('a socket of a page that begins as ours', 403, ({ host }) => ({ origin: `http://${host}.evil.example` })),
  socket('a socket of a sandboxed page', 403, () => ({ origin: 'null' })),
  socket('a socket of a page with the same name, sealed', 403, ({ host }) => ({ origin: `https://${host}` })),
  socket('a socket of a page of another port', 403, () => ({ origin: 'http://127.0.0.1:1' })),
  socket('a socket for another name', 421, () => ({ host: 'evil.example' })),
  socket('a socket without a cookie', 401, () => ({ cookie: 'a=b' })),
  sent('more frames than a page may send', 1008, (page) => {
    for (let i = 0; i < 60; i++) page.send('broadcast_request', { ...PUMP, value: 'x' });
  }),
  sent('bytes', 1003, (page) => page.raw(Buffer.from([1, 2, 3]))),
  sent('half a frame', 1007, (page) => page.raw('{"type":')),
  sent('a thousand brackets', 1007, (page) =>
    page.raw(`{"type":"x","payload":${'['.repeat(1_000)}${']'.repeat(1_000)}}`),
  ),
  sent('a list for a frame', 1007, (page) => page.raw('[1,2]')),
  sent('a megabyte', 1009, (page) => page.raw('x'.repeat(1_000_000))),
  told('a command beyond the range', { ok: false, code: 'range' }, (page) =>
    page.command({ ...PUMP, point: 'fan', value: 101 }),
  ),
  told(
    'a command in somebody else’s name',
    { ok: false, code: 'type', to: expect.stringMatching(/^panel-\d+$/) },
    (page) => page.command({ ...PUMP, value: 'on', from: 'anna' }),
  ),
  told('consent to a prototype', { ok: false }, (page) => page.ask('panel.approve', { device: '__proto__' })),
  told('consent to an object', { ok: false }, (page) =>
    page.ask('panel.approve', { device: { toString: 1, valueOf: 1 } }),
  ),
  told('the wire of a prototype', { ok: false }, (page) => page.ask('panel.monitor', { device: '__proto__' })),
  told('a routed question that nobody knows', { ok: false, error: 'unknown type' }, (page) =>
    page.ask('route_msg', { type: '__proto__', payload: {} }),
  ),
  raw('no host', /^HTTP\/1\.1 400 /, () => 'GET / HTTP/1.1\r\n\r\n'),
  raw(
    'two requests in the clothes of one',
    /^HTTP\/1\.1 400 /,
    ({ host }) =>
      `POST / HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
  ),
  raw(
    'a header with a second one in it',
    /^HTTP\/1\.1 400 /,
    ({ host }) => `GET / HTTP/1.1\r\nHost: ${host}\r\nX: a\u0000b\r\n\r\n`,
  ),
  raw('a request that never ends', /^(HTTP\/1\.1 408 .*)?$/s, ({ host }) => `GET / HTTP/1.1\r\nHost: ${host}\r\nX-A: `),
  {
    name: 'a link for the second time, after a look at it',
    refusal: { look: 410, first: 200, again: 410 },
    attack: async (scene) => {
      const link = scene.link;
      const status = async (method: string) => (await ask(link, {}, method)).status;
      return { look: await status('HEAD'), first: await status('GET'), again: await status('GET') };
    },
  },
  {
    name: 'another site’s script that would read an answer',
    refusal: { status: 200, shared: undefined, policy: expect.stringContaining("frame-ancestors 'none'") },
    attack: async (scene) => {
      const { url, cookie } = await doorOf(scene);
      const { status, headers } = await ask(url, { cookie, origin: 'http://evil.example' });
      return { status, shared: headers['access-control-allow-origin'], policy: headers['content-security-policy'] };
    },
  },
  {
    name: 'compression, which could blow up',
    refusal: { said: expect.stringMatching(/^HTTP\/1\.1 101 (?:(?!permessage).)*$/s) },
    attack: async (scene) => {
      const { host, port, cookie, url } = await doorOf(scene);
      const origin = url.slice(0, -1);
      const head = `GET /live HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${origin}\r\nCookie: ${cookie}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n`;
      const said = await new Promise<string>((resolve) => {
        const socket = connect(Number(port), '127.0.0.1');
        socket.once('data', (data) => {
          socket.destroy();
          resolve(String(data).split('\r\n\r\n')[0] ?? '');
        });
        socket.write(head);
      });
      return { said };
    },
  },
  {
    name: 'more pages than there is room for',
    refusal: { said: 'refused with 503' },
    attack: async (scene) => {
      const { cookie } = await doorOf(scene);
      const pages: PageClient[] = [];
      const open = () => PageClient.open(scene.link, cookie).then((page) => pages.push(page));
      let said = 'let in';
      for (let i = 0; i < 9 && said === 'let in'; i++) await open().catch((error: Error) => (said = error.message));
      await Promise.all(pages.map((page) => page.close()));
      return { said };
    },
  },
];

describe('a visitor of the panel who means harm', () => {
  let scene: HostileScene;
  beforeAll(async () => {
    scene = await HostileScene.open(embeddedRelay, { token: CANARY.token });
  });
  afterAll(() => scene.close());

  repelled(() => scene, ATTACKS);

  it('leaves the panel to its owner', async () => {
    expect(scene.damageSoFar()).toEqual([]);
    expect(await scene.page.command(PUMP)).toMatchObject({ ok: true, value: true });
  });
});
