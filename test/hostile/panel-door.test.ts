import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { type Attack, repelled } from '../support/attack.js';
import { cmd } from '../support/bridge-attacks.js';
import { CANARY, type HostileScene } from '../support/hostile-scene.js';
import { ask, cookieOf, PageClient } from '../support/page-client.js';
import { asked, doorOf, raw, saidTo, socket } from '../support/panel-attacks.js';
import { embeddedRelay } from '../support/relays.js';
import { sceneOf } from '../support/scene-of.js';

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
  asked('a heap of cookies', 401, ({ cookie }) => ({
    headers: { cookie: Array.from({ length: 100 }, (_, i) => `${cookie.split('=')[0]}=${i}`).join('; ') },
  })),
  asked('signing somebody out from another site', 403, ({ cookie }) => ({
    path: 'leave',
    headers: { cookie, 'sec-fetch-site': 'cross-site' },
  })),
  asked('signing somebody out from another name of this machine', 403, ({ cookie }) => ({
    path: 'leave',
    headers: { cookie, 'sec-fetch-site': 'same-site' },
  })),
  socket('a socket of a page of another site', 403, () => ({ origin: 'http://evil.example' })),
  socket('a socket of a page that begins as ours', 403, ({ host }) => ({ origin: `http://${host}.evil.example` })),
  socket('a socket of a sandboxed page', 403, () => ({ origin: 'null' })),
  socket('a socket of a page with the same name, sealed', 403, ({ host }) => ({ origin: `https://${host}` })),
  socket('a socket of a page of another port', 403, () => ({ origin: 'http://127.0.0.1:1' })),
  socket('a socket for another name', 421, () => ({ host: 'evil.example' })),
  socket('a socket without a cookie', 401, () => ({ cookie: 'a=b' })),
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
    name: 'a link that is looked at ahead, as browsers and messengers do',
    refusal: { ahead: [expect.any(Number), undefined], first: 200 },
    attack: async (scene) => {
      const link = scene.link;
      const { status, headers } = await ask(link, { 'sec-purpose': 'prefetch' });
      return { ahead: [status, headers['set-cookie']], first: (await ask(link)).status };
    },
  },
  {
    name: 'another site’s script that would read an answer',
    refusal: { status: 200, shared: undefined, policy: expect.stringContaining("frame-ancestors 'none'") },
    attack: async (scene) => {
      const { url, cookie } = doorOf(scene);
      const { status, headers } = await ask(url, { cookie, origin: 'http://evil.example' });
      return { status, shared: headers['access-control-allow-origin'], policy: headers['content-security-policy'] };
    },
  },
  {
    name: 'a script that would read the cookie, and a page of another site that would send it',
    refusal: {
      cookie: expect.stringMatching(/^carter-panel-\d+=[\w-]{43}; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/),
    },
    attack: async (scene) => ({ cookie: String((await ask(scene.link)).headers['set-cookie']) }),
  },
  ...['', 'panel.css', 'nowhere', 'open/nothing'].map(
    (path): Attack<HostileScene> => ({
      name: `a script written into ${path || 'the page'}, or called from elsewhere`,
      refusal: {
        policy: expect.stringMatching(
          /^default-src 'none'; script-src 'self'; style-src 'self'; (?!.*(unsafe|\*|script-src))/,
        ),
        guards: ['nosniff', 'no-referrer', 'same-origin'],
      },
      attack: async (scene) => {
        const { url, cookie } = doorOf(scene);
        const { headers } = await ask(`${url}${path}`, { cookie });
        const names = ['x-content-type-options', 'referrer-policy', 'cross-origin-resource-policy'];
        return { policy: headers['content-security-policy'], guards: names.map((name) => headers[name]) };
      },
    }),
  ),
  {
    name: 'compression, which could blow up',
    refusal: { said: expect.stringMatching(/^HTTP\/1\.1 101 (?:(?!permessage).)*$/s) },
    attack: async (scene) => {
      const { host, port, cookie, url } = doorOf(scene);
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
    name: 'the cookie of a browser that was signed out, at the page and at its socket',
    refusal: { left: 200, page: 401, socket: 'refused with 401', open: 1008 },
    attack: async (scene) => {
      const { url } = doorOf(scene);
      const cookie = await cookieOf(scene.link);
      const open = await PageClient.open(scene.link, cookie);
      const left = (await ask(`${url}leave`, { cookie, 'sec-fetch-site': 'same-origin' })).status;
      const page = (await ask(url, { cookie })).status;
      return { left, page, socket: await saidTo(scene, cookie), open: await open.closed };
    },
  },
];

describe('a visitor of the panel who means harm', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token });

  repelled(scene, ATTACKS);

  it('leaves the panel to its owner', async () => {
    expect(scene().damageSoFar()).toEqual([]);
    expect(await scene().page.command(cmd('pump', true))).toMatchObject({ ok: true, value: true });
  });
});
