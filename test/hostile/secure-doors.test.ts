import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectSecurely, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/device/seeded-random.js';
import { type Attack, repelled } from '../support/attack.js';
import { authority, certificateFor } from '../support/certificates.js';
import { alertIn, clientHello } from '../support/client-hello.js';
import { eventually } from '../support/eventually.js';
import { CANARY, HostileScene } from '../support/hostile-scene.js';
import { ask, cookieOf, PageClient } from '../support/page-client.js';
import { embeddedRelay } from '../support/relays.js';
import { expectOwned } from '../support/scene-of.js';

/** A server of the bridge that speaks TLS. */
interface Door {
  readonly name: string;
  port(scene: HostileScene): number;
  /** How many connections it keeps over which nobody has shown yet that he is welcome. */
  readonly strangers: number;
  /** Somebody honest comes in. */
  welcome(scene: HostileScene): Promise<unknown>;
}

const DOORS: Door[] = [
  {
    name: 'the panel',
    port: ({ link }) => Number(new URL(link).port),
    strangers: 32,
    welcome: async ({ link }) => {
      const page = await PageClient.open(link, await cookieOf(link));
      await page.close();
    },
  },
  {
    name: 'the relay',
    port: ({ rig }) => rig.relay.port,
    strangers: 128,
    welcome: async (scene) => {
      const phone = await scene.rig.phone('berta');
      await phone.close();
    },
  },
];

/** Nothing, or an alert: no word of HTTP, and an end. */
const HUNG_UP = { said: expect.stringMatching(/^(alert \d+)?$/) };

/** Sends bytes to a door, and resolves with what came until the end. */
async function sent(port: number, write: (socket: Socket) => void): Promise<Buffer> {
  const socket = connect(port, '127.0.0.1');
  const heard: Buffer[] = [];
  socket.on('data', (bytes) => heard.push(bytes));
  socket.on('error', () => {}); // the close that follows tells
  socket.on('connect', () => write(socket));
  await new Promise((resolve) => socket.once('close', resolve));
  return Buffer.concat(heard);
}

/** Shakes hands with a door. */
async function shaken(port: number, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connectSecurely({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  return socket;
}

/** Renegotiates until it is hung up on, for which Node sees; how often that worked. */
async function renegotiated(port: number): Promise<number> {
  const socket = await shaken(port, { maxVersion: 'TLSv1.2' });
  socket.on('error', () => {});
  socket.resume();
  let times = 0;
  const gone = new Promise<false>((resolve) => socket.once('close', () => resolve(false)));
  const again = () =>
    new Promise<boolean>((resolve) => {
      if (socket.renegotiate({}, (error) => resolve(!error)) === false) resolve(false);
    });
  while (times < 100 && (await Promise.race([again(), gone]))) times++;
  socket.destroy();
  return times;
}

/** So many strangers at a door, while somebody honest comes in; how many of them are left then. */
async function crowd(door: Door, scene: HostileScene, come: (port: number) => Promise<Socket>, size: number) {
  const port = door.port(scene);
  const sockets = await Promise.all(Array.from({ length: size }, () => come(port).catch(() => undefined)));
  const open = () => sockets.filter((socket) => socket && !socket.destroyed).length;
  for (const socket of sockets) socket?.on('error', () => {});
  await eventually(open).toBeLessThanOrEqual(door.strangers);
  await door.welcome(scene);
  for (const socket of sockets) socket?.destroy();
  return { honest: 'welcome' };
}

async function silent(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  await once(socket, 'connect');
  return socket;
}

/** Writes one byte after the other, so slowly that there is no end to it. */
function drip(socket: Socket, bytes: Buffer): void {
  let at = 0;
  const next = setInterval(() => socket.write(bytes.subarray(at, ++at)), 100);
  socket.on('close', () => clearInterval(next));
}

function attacksOn(door: Door): Attack<HostileScene>[] {
  const raw = (name: string, bytes: Buffer | string, refusal: object = HUNG_UP): Attack<HostileScene> => ({
    name: `${door.name}: ${name}`,
    refusal,
    attack: async (scene) => ({ said: alertIn(await sent(door.port(scene), (socket) => void socket.write(bytes))) }),
  });
  const random = seededRandom(1);
  const [tooOld, nothingInCommon] = [{ said: 'alert 70' }, { said: 'alert 40' }];
  return [
    raw('SSL 3', clientHello({ version: 0x0300 }), nothingInCommon),
    raw('TLS 1.0', clientHello({ version: 0x0301 }), tooOld),
    raw('TLS 1.1', clientHello({ version: 0x0302 }), tooOld),
    raw('ciphers that seal nothing', clientHello({ ciphers: [0x0001, 0x0002, 0x003b] }), nothingInCommon),
    raw('ciphers of the last century', clientHello({ ciphers: [0x0003, 0x0005, 0x000a] }), nothingInCommon),
    raw('a name of ten kilobytes', clientHello({ name: 'x'.repeat(10_000) })),
    raw('a name of sixty kilobytes', clientHello({ name: 'x'.repeat(60_000) })),
    raw('a name with an end in it', clientHello({ name: 'a\u0000b' })),
    raw('a request in the clear', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'),
    raw('half a megabyte of zeros', Buffer.alloc(500_000)),
    raw('bytes by chance', Buffer.from(Array.from({ length: 5_000 }, () => random() * 256))),
    raw('a record beyond all', Buffer.concat([Buffer.of(22, 3, 1, 0xff, 0xff), Buffer.alloc(70_000)])),
    raw(
      'a message of sixteen megabytes',
      Buffer.concat([Buffer.of(22, 3, 1, 0x40, 0, 1, 255, 255, 255), Buffer.alloc(20_000)]),
    ),
    raw('a heartbeat', Buffer.of(24, 3, 2, 0, 3, 1, 0x40, 0)),
    raw('an answer first', Buffer.of(22, 3, 3, 0, 4, 2, 0, 0, 0)),
    raw('an alert first', Buffer.of(21, 3, 3, 0, 2, 2, 0)),
    {
      name: `${door.name}: another protocol inside`,
      refusal: { said: expect.stringMatching(/alert|no application protocol|ECONNRESET/i) },
      attack: async (scene) => {
        const socket = shaken(door.port(scene), { ALPNProtocols: ['h2'] });
        return {
          said: await socket.then(
            () => 'let in',
            (error: Error) => error.message,
          ),
        };
      },
    },
    {
      name: `${door.name}: a name in colours for the terminal`,
      refusal: { said: expect.stringMatching(/^HTTP\/1\.1 4\d\d /) },
      attack: async (scene) => {
        const socket = await shaken(door.port(scene), { servername: '\u001b[2J\u009b.example' });
        socket.write('GET / HTTP/1.1\r\nHost: \u009b2J\r\nConnection: close\r\n\r\n');
        const [said] = await once(socket, 'data');
        socket.destroy();
        return { said: String(said) };
      },
    },
    {
      name: `${door.name}: bytes in the clear behind the handshake`,
      refusal: { closed: true },
      attack: async (scene) => {
        const below = connect(door.port(scene), '127.0.0.1');
        const socket = await shaken(door.port(scene), { socket: below });
        const closed = once(below, 'close');
        socket.on('error', () => {});
        below.write('GET / HTTP/1.1\r\n\r\n');
        await closed;
        return { closed: below.destroyed };
      },
    },
    {
      name: `${door.name}: a handshake again and again`,
      refusal: { times: 3 },
      attack: async (scene) => ({ times: await renegotiated(door.port(scene)) }),
    },
    {
      name: `${door.name}: a crowd that says nothing`,
      refusal: { honest: 'welcome' },
      attack: (scene) => crowd(door, scene, silent, 300),
    },
    {
      name: `${door.name}: a crowd that shakes hands and says nothing`,
      refusal: { honest: 'welcome' },
      attack: (scene) => crowd(door, scene, shaken, 300),
    },
    {
      name: `${door.name}: a handshake that never begins, one that never ends, and nothing behind one`,
      refusal: { said: ['', '', '', ''] },
      attack: async (scene) => {
        const port = door.port(scene);
        const behind = shaken(port).then(async (socket) => {
          let heard = '';
          socket.on('error', () => {});
          socket.on('data', (bytes) => (heard += bytes));
          await new Promise((resolve) => socket.once('close', resolve));
          return heard.replace(/^HTTP\/1\.1 408 .*/s, '');
        });
        const slow = [
          () => {},
          (socket: Socket) => void socket.write(clientHello().subarray(0, 40)),
          (socket: Socket) => drip(socket, clientHello()),
        ];
        const said = await Promise.all(slow.map(async (write) => alertIn(await sent(port, write))));
        return { said: [...said, await behind] };
      },
    },
  ];
}

describe('somebody at the doors of a bridge that speaks TLS', () => {
  let scene: HostileScene;
  beforeAll(async () => {
    const ca = await authority();
    const tls = { ...(await certificateFor('127.0.0.1', ca)), ca: ca.cert };
    scene = await HostileScene.open(embeddedRelay, { token: CANARY.token, tls });
  });
  afterAll(() => scene.close());

  repelled(() => scene, DOORS.flatMap(attacksOn));

  it('finds a panel that names itself as secure, and keeps nobody honest out', async () => {
    const { headers } = await ask(scene.link);
    expect(String(headers['set-cookie'])).toContain('Secure');
    await expectOwned(scene);
  });
});
