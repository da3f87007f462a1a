import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { describe, it, onTestFinished } from 'vitest';
import type { Trust } from '../../src/mesh/client-trust.js';
import { type Attack, repelled } from '../support/attack.js';
import { authority, certificateFor, type Pem } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { answer, EvilService, type Retort } from '../support/evil-service.js';
import { CANARY, type HostileScene } from '../support/hostile-scene.js';
import { MeshSide, QUICK, stopClientsAfterEach } from '../support/mesh-side.js';
import { embeddedRelay } from '../support/relays.js';
import { expectOwned, sceneOf } from '../support/scene-of.js';

/** How long a bridge waits for a connection here. */
const TIMING = { ...QUICK, connect: 1_000 };

/** What somebody at the relay's address shows, and whom the bridge trusts. */
interface Shown {
  readonly tls: TlsOptions;
  /** Where the bridge finds it; 127.0.0.1 where absent. */
  readonly host?: string;
  readonly trust?: Trust;
}

/** What comes of a bridge that dials this address with a token that nobody else may see. */
async function dialled(scene: HostileScene, url: string, trust?: Trust) {
  const from = scene.lines;
  const side = new MeshSide(url, { token: CANARY.session, log: scene.logger, ...(trust && { trust }) }, TIMING);
  side.client.start();
  await eventually(() => scene.failuresSince(from).length).toBeGreaterThan(0);
  await side.client.stop();
  return { code: scene.failuresSince(from)[0], moves: side.moves };
}

/** A certificate that does not hold: nothing is said to whoever shows it. */
function unproven(name: string, code: string, show: () => Promise<Shown>): Attack<HostileScene> {
  return {
    name,
    refusal: { code, moves: [], heard: 0 },
    attack: async (scene) => {
      const { tls, trust, host = '127.0.0.1' } = await show();
      const relay = await EvilService.start((socket) => socket.end(answer('200 OK')), tls);
      onTestFinished(() => relay.stop());
      return { ...(await dialled(scene, `wss://${host}:${relay.port}`, trust)), heard: relay.asked.length };
    },
  };
}

/** Somebody who can prove who they are, and answers the request for a WebSocket in another way. */
function answered(name: string, code: string, retort: Retort): Attack<HostileScene> {
  return {
    name,
    refusal: { code, moves: [], told: [] },
    attack: async (scene) => {
      const ca = await authority();
      const relay = await EvilService.start(retort, await certificateFor('127.0.0.1', ca));
      onTestFinished(() => relay.stop());
      const got = await dialled(scene, relay.url.replace('https', 'wss'), { ca: ca.cert });
      return { ...got, told: relay.asked.filter((text) => text.includes(CANARY.session)) };
    },
  };
}

/** Somebody who does not shake hands at all. */
function unshaken(name: string, code: string, greet: (socket: Socket) => void): Attack<HostileScene> {
  return {
    name,
    refusal: { code, moves: [] },
    attack: async (scene) => {
      const server = createServer((socket) => {
        socket.on('error', () => {});
        socket.once('data', () => greet(socket));
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      onTestFinished(() => void server.close());
      return await dialled(scene, `wss://127.0.0.1:${(server.address() as AddressInfo).port}`);
    },
  };
}

/** Sends the bridge elsewhere, and looks whether it goes. */
function elsewhere(scheme: string, status: string): Attack<HostileScene> {
  return {
    name: `to ${scheme}:// with ${status}`,
    refusal: { code: 'mesh/not-a-relay', moves: [], visits: 0 },
    attack: async (scene) => {
      const ca = await authority();
      const certificate = await certificateFor('127.0.0.1', ca);
      const other = await EvilService.start(() => {}, /s$/.test(scheme) ? certificate : undefined);
      const away = answer(status, '', `location: ${scheme}://127.0.0.1:${other.port}/`);
      const relay = await EvilService.start((socket) => socket.end(away), certificate);
      onTestFinished(async () => void (await Promise.all([relay.stop(), other.stop()])));
      const got = await dialled(scene, relay.url.replace('https', 'wss'), { ca: ca.cert });
      return { ...got, visits: other.asked.length };
    },
  };
}

/** Certificates that are shown together, from the server's to the authority's. */
function chain(first: Pem, ...above: Pem[]): Pem {
  return { cert: [first, ...above].map(({ cert }) => cert).join('\n'), key: first.key };
}

/** A certificate for other names than that which is dialled, of an authority that the bridge trusts. */
async function named(...names: string[]): Promise<Shown> {
  const ca = await authority();
  return { tls: await certificateFor(names, ca), trust: { ca: ca.cert }, host: 'localhost' };
}

/** The head of a handshake message, of 16 MiB as it says. */
const ENDLESS = Buffer.from([22, 3, 3, 0x40, 0, 2, 0xff, 0xff, 0xff]);

const ATTACKS: Attack<HostileScene>[] = [
  unproven('the name of somebody else', 'mesh/tls-name', () => named('relay.example')),
  unproven('a name in colours for the terminal', 'mesh/tls-name', () => named('\u001b[2J\r\n', 'a\u0000b', '\u007f')),
  unproven('two thousand names', 'mesh/tls-name', () =>
    named(...Array.from({ length: 2_000 }, (_, i) => `${'x'.repeat(30)}${i}.example`)),
  ),
  unproven('a time that is over', 'mesh/tls-expired', async () => {
    const ca = await authority();
    return { tls: await certificateFor('127.0.0.1', ca, { days: [-2, -1] }), trust: { ca: ca.cert } };
  }),
  unproven('a time to come', 'mesh/tls-expired', async () => {
    const ca = await authority();
    return { tls: await certificateFor('127.0.0.1', ca, { days: [1, 2] }), trust: { ca: ca.cert } };
  }),
  unproven('a certificate that nobody signed', 'mesh/tls-untrusted', async () => ({
    tls: await certificateFor('127.0.0.1'),
  })),
  unproven('an authority that nobody knows', 'mesh/tls-untrusted', async () => ({
    tls: await certificateFor('127.0.0.1', await authority()),
  })),
  unproven('an authority that nobody knows, shown with it', 'mesh/tls-untrusted', async () => {
    const ca = await authority();
    return { tls: chain(await certificateFor('127.0.0.1', ca), ca) };
  }),
  unproven('another authority than the one that is given', 'mesh/tls-untrusted', async () => ({
    tls: await certificateFor('127.0.0.1', await authority()),
    trust: { ca: (await authority()).cert },
  })),
  unproven('a chain with a link missing', 'mesh/tls-untrusted', async () => {
    const ca = await authority();
    return { tls: await certificateFor('127.0.0.1', await authority(ca)), trust: { ca: ca.cert } };
  }),
  unproven('a certificate that another one signed', 'mesh/tls-untrusted', async () => {
    const ca = await authority();
    const leaf = await certificateFor('mallory.example', ca);
    return { tls: chain(await certificateFor('127.0.0.1', leaf), leaf), trust: { ca: ca.cert } };
  }),
  unproven('a certificate of a client', 'mesh/tls-untrusted', async () => {
    const ca = await authority();
    return { tls: await certificateFor('127.0.0.1', ca, { use: 'clientAuth' }), trust: { ca: ca.cert } };
  }),
  unproven('a twin of our own relay’s certificate', 'mesh/tls-own', async () => {
    const ca = await authority();
    const { fingerprint256 } = new X509Certificate((await certificateFor('127.0.0.1', ca)).cert);
    return { tls: await certificateFor('127.0.0.1', ca), trust: { ca: ca.cert, fingerprint: fingerprint256 } };
  }),
  unproven('a protocol of 1999', 'mesh/tls', async () => {
    const ca = await authority();
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;
    return { tls: { ...(await certificateFor('127.0.0.1', ca)), ...old }, trust: { ca: ca.cert } };
  }),
  unproven('no secrecy', 'mesh/tls', async () => {
    const ca = await authority();
    const open = { maxVersion: 'TLSv1.2', ciphers: 'eNULL:@SECLEVEL=0' } as const;
    return { tls: { ...(await certificateFor('127.0.0.1', ca)), ...open }, trust: { ca: ca.cert } };
  }),
  unshaken('HTTP without TLS', 'mesh/tls', (socket) => socket.end(answer('200 OK'))),
  unshaken('a redirect without TLS', 'mesh/tls', (socket) => socket.end(answer('302 Go', '', 'location: ws://[::1]/'))),
  unshaken('a handshake that is never finished', 'mesh/unreachable', () => {}),
  unshaken('half a handshake', 'mesh/unreachable', (socket) => socket.write(ENDLESS)),
  unshaken('a handshake without an end', 'mesh/tls', (socket) => {
    const more = () =>
      void socket.write(Buffer.concat([ENDLESS, Buffer.alloc(0x4000 - 4)]), (error) => error || more());
    more();
  }),
  unshaken('an alert', 'mesh/tls', (socket) => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, 40]))),
  unshaken('nothing but an end', 'mesh/unreachable', (socket) => socket.resetAndDestroy()),
  ...['ws', 'http', 'wss', 'https'].flatMap((scheme) =>
    ['301 Away', '302 Away', '307 Away', '308 Away'].map((status) => elsewhere(scheme, status)),
  ),
  answered('a page', 'mesh/not-a-relay', (socket) => socket.end(answer('200 OK', '<html>'))),
  answered('a word in colours for the terminal', 'mesh/not-a-relay', (socket) =>
    socket.end(answer('400 \u001b[2J\u202e')),
  ),
  answered('another key than ours', 'mesh/not-a-relay', (socket) =>
    socket.write(answer('101 Go', '', 'connection: upgrade', 'upgrade: websocket', 'sec-websocket-accept: x')),
  ),
  answered('a demand for a password', 'mesh/not-a-relay', (socket) =>
    socket.end(answer('401 No', '', 'www-authenticate: Basic realm="token"')),
  ),
];

describe('somebody at the address of a secure relay', () => {
  stopClientsAfterEach();
  const scene = sceneOf(embeddedRelay, { token: CANARY.token });

  repelled(scene, ATTACKS);

  it('changes nothing for those who are on another', async () => {
    await expectOwned(scene());
  });
});
