import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type Attack, repelled } from '../support/attack.js';
import { cmd } from '../support/bridge-attacks.js';
import { CANARY, type HostileScene } from '../support/hostile-scene.js';
import { ask } from '../support/page-client.js';
import { RawClient } from '../support/raw-client.js';
import { bytes, hungUp, identify, ignored, MEMBER, overheard } from '../support/relay-attacks.js';
import { embeddedRelay } from '../support/relays.js';
import { expectOwned, sceneOf } from '../support/scene-of.js';

const PUMP = cmd('pump', true);
const CLOSED = { code: 1000 };
const TOO_LARGE = { code: 1009 };

/** What it takes to speak WebSocket, for those who then say what no library would. */
const UPGRADE =
  'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';

/** Bytes behind the opening of a WebSocket, for which the relay hangs up, and what it says to itself. */
function garbled(name: string, why: object, frames: Buffer): Attack<HostileScene> {
  return {
    name,
    refusal: { said: expect.stringMatching(/^HTTP\/1\.1 101 /), heard: [], why },
    attack: async (scene) => {
      let said = '';
      const { heard, why: reasons } = await overheard(scene, async () => {
        said = await bytes(scene.rig.relay.url, Buffer.concat([Buffer.from(UPGRADE), frames]));
      });
      return { said, heard, why: reasons };
    },
  };
}

const pong = Buffer.concat([Buffer.from([0x8a, 0xfd, 0, 0, 0, 0]), Buffer.alloc(125)]);
const ping = Buffer.concat([Buffer.from([0x89, 0xfd, 0, 0, 0, 0]), Buffer.alloc(125)]);
const part = Buffer.from([0x01, 0x81, 0, 0, 0, 0, 0x61]);
const times = (frame: Buffer, count: number) => Buffer.concat(Array.from({ length: count }, () => frame));

const ATTACKS: Attack<HostileScene>[] = [
  hungUp('no token', identify({ name: 'm' }), CLOSED),
  hungUp('an empty token', identify({ name: 'm', token: '' }), CLOSED),
  hungUp('the beginning of the token', identify({ name: 'm', token: CANARY.token.slice(0, -1) }), CLOSED),
  hungUp('the token with more behind it', identify({ name: 'm', token: `${CANARY.token}x` }), CLOSED),
  hungUp('the token in capitals', identify({ name: 'm', token: CANARY.token.toUpperCase() }), CLOSED),
  hungUp('the token in a list', identify({ name: 'm', token: [CANARY.token] }), CLOSED),
  hungUp('the token where other relays look for it', identify({ name: 'm', auth_token: CANARY.token }), CLOSED),
  hungUp('true for a token', identify({ name: 'm', token: true }), CLOSED),
  hungUp('an object for a token', identify({ name: 'm', token: { toString: 1 } }), CLOSED),
  hungUp('a token of half a megabyte', identify({ name: 'm', token: 'x'.repeat(500_000) }), TOO_LARGE),
  hungUp('a megabyte of brackets', (client) => client.send('['.repeat(1_048_576)), TOO_LARGE),
  hungUp('a name that is too long', identify({ ...MEMBER, name: 'x'.repeat(101) }), { code: 1008 }),
  hungUp('a channel that is too long', identify({ ...MEMBER, name: 'm', channel: 'x'.repeat(9_000) }), { code: 1008 }),
  hungUp(
    'a page of another site that begins as ours',
    () => {},
    { code: 1008 },
    {
      origin: 'http://localhost.evil.example',
    },
  ),
  hungUp('a page of a sandbox', () => {}, { code: 1008 }, { origin: 'null' }),
  hungUp('a page of another port', () => {}, { code: 1008 }, { origin: 'http://localhost:9999' }),
  hungUp('a frame of more than a megabyte', (client) => client.send('x'.repeat(1_048_577)), TOO_LARGE),
  hungUp('bytes that are no text', (client) => client.send(Buffer.from([0xff, 0xfe, 0xfd])), { code: 1011 }),
  hungUp(
    'more frames than a client may send',
    (client) => client.sendTogether(Array.from({ length: 51 }, () => '{}')),
    { code: 1008, reason: 'Rate limit exceeded' },
  ),
  hungUp(
    'many frames, none of them large',
    (client) => client.sendTogether(Array.from({ length: 20 }, () => `{"a":"${'x'.repeat(1_000)}"}`)),
    TOO_LARGE,
  ),
  ignored(
    'a command before it is said who sends it',
    (client) => client.frame('broadcast_request', PUMP),
    'unidentified',
  ),
  ignored(
    'the token in the address',
    (client) => client.frame('broadcast_request', PUMP),
    'unidentified',
    `/?token=${CANARY.token}`,
  ),
  ignored('a question for everybody’s names', (client) => client.frame('get_nodes'), 'unidentified'),
  ignored(
    'a routed command before it is said who sends it',
    (client) => client.frame('route_msg_noreply', { target_name: 'rig', type: 'rig.set', payload: PUMP }),
    'unidentified',
  ),
  ignored('a status of a stranger', (client) => client.frame('node_status', { status: 'on fire' }), 'unidentified'),
  ignored('a log line of a stranger', (client) => client.frame('service_log', { text: 'all is well' }), 'unidentified'),
  ignored('a forged welcome', (client) => client.frame('welcome', { id: 'x', name: 'rig' }), 'unknown_type'),
  ignored('an answer of a stranger', (client) => client.frame('rig.set', { ok: true }, 'guess'), 'stray_reply'),
  ignored('an identity that is a list', identify([]), 'nothing'),
  garbled('pings without end', { unidentified: 1 }, times(ping, 200)),
  garbled(
    'a frame in parts with pongs between them',
    { unidentified: 1 },
    Buffer.concat([part, times(Buffer.concat([Buffer.from([0, 0x81, 0, 0, 0, 0, 0x61]), pong]), 140)]),
  ),
  garbled(
    'a frame of a megabyte that never ends',
    { unidentified: 1 },
    Buffer.concat([Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0]), Buffer.alloc(100_000)]),
  ),
  garbled('a frame that is not masked', {}, Buffer.from([0x81, 0x01, 0x61])),
  garbled('a frame with bits that mean nothing', {}, Buffer.from([0xf1, 0x81, 0, 0, 0, 0, 0x61])),
  {
    name: 'compression, which could blow up',
    refusal: { extensions: '' },
    attack: async ({ rig }) => {
      const socket = new WebSocket(rig.relay.url, { perMessageDeflate: true });
      await new Promise((resolve) => socket.on('open', resolve));
      const { extensions } = socket;
      socket.terminate();
      return { extensions };
    },
  },
  {
    name: 'a browser that asks for a page',
    refusal: { status: 426, body: 'This port speaks WebSocket only.\n' },
    attack: ({ rig }) => ask(rig.relay.url.replace('ws:', 'http:')),
  },
  {
    name: 'two requests in the clothes of one',
    refusal: { said: expect.stringMatching(/^HTTP\/1\.1 400 /) },
    attack: async ({ rig }) => {
      const head = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n';
      return { said: await bytes(rig.relay.url, `${head}0\r\n\r\nGET / HTTP/1.1\r\n\r\n`) };
    },
  },
  {
    name: 'a client that never says who it is, and one that never ends its request',
    refusal: {
      silent: CLOSED,
      parted: expect.stringMatching(/^HTTP\/1\.1 101 /),
      slow: expect.stringMatching(/^(HTTP\/1\.1 408 .*)?$/s),
    },
    attack: async ({ rig }) => {
      const { url } = rig.relay;
      const client = await RawClient.connect(url);
      const parted = bytes(url, Buffer.concat([Buffer.from(UPGRADE), part]));
      const slow = bytes(url, 'GET / HTTP/1.1\r\nHost: x\r\nX-A: ');
      return { silent: await client.nextClose(), parted: await parted, slow: await slow };
    },
  },
];

describe('a stranger at the embedded relay', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token });

  repelled(scene, ATTACKS);

  it('leaves the relay to its members', async () => {
    await expectOwned(scene());
  });
});
