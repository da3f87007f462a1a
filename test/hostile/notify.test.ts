import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { postJson } from '../../src/mesh/post-json.js';
import { Outbox } from '../../src/notify/outbox.js';
import { type Attack, repelled } from '../support/attack.js';
import { authority, certificateFor, type Pem } from '../support/certificates.js';
import { eventually } from '../support/eventually.js';
import { answer, EvilService, type Retort } from '../support/evil-service.js';
import { CANARY, HostileScene } from '../support/hostile-scene.js';
import { embeddedRelay } from '../support/relays.js';
import { expectOwned } from '../support/scene-of.js';
import { WaitingClock } from '../support/virtual-clock.js';

const TRIED_AGAIN = 'a notice was not sent, and is tried again: ';
const SENT = { waits: [1_000], said: [] };
const GIVEN_UP = { waits: [], said: [expect.stringMatching(/^the service refuses our notices/)] };

/** A failure of which the log says why, and which is tried again later. */
const failed = (why: string) => ({ waits: [5_000], said: [expect.stringContaining(`${TRIED_AGAIN}${why}`)] });
/** An answer that says no, and the next notice has its turn. */
const dropped = { waits: [1_000], said: ['the service refused a notice'] };
const text =
  (bytes: string): Retort =>
  (socket) =>
    socket.end(bytes);

/** What comes of two notices for a service: how long the second one is made to wait, and what the log says. */
async function handedIn(scene: HostileScene, retort: Retort, tls?: Pem) {
  const service = await EvilService.start(retort, tls);
  onTestFinished(() => service.stop());
  const clock = new WaitingClock();
  const from = scene.lines;
  const parts = { service: service.url, token: CANARY.session, channel: 'lab', post: postJson, clock };
  const outbox = new Outbox({ ...parts, log: scene.logger });
  for (const said of ['a', 'b']) outbox.add({ title: 'rig', text: said, urgent: true, thread: 'rig.alarm0' });
  await expect
    .poll(() => clock.timers > 0 || scene.saidSince(from).some((line) => line.includes('refuses')), { timeout: 15_000 })
    .toBe(true);
  const said = scene.saidSince(from).filter((line) => /notice/.test(line));
  return { outbox, clock, service, got: { asked: service.asked.length, waits: [...clock.waits], said } };
}

/** A service that answers in this way, and what comes of it. */
function answered(name: string, retort: Retort, refusal: object): Attack<HostileScene> {
  return {
    name,
    refusal,
    attack: async (scene) => {
      const { outbox, got } = await handedIn(scene, retort);
      outbox.stop();
      return got;
    },
  };
}

/** A service whose certificate does not hold: nothing is said to it. */
function unproven(name: string, certificate: () => Promise<Pem>, why: string): Attack<HostileScene> {
  return {
    name,
    refusal: { asked: 0, ...failed(why) },
    attack: async (scene) => {
      const { outbox, got } = await handedIn(scene, text(answer('200 OK')), await certificate());
      outbox.stop();
      return got;
    },
  };
}

/** A busy service that wants to be left alone for a time that is none. */
function busy(wish: string, wait: number): Attack<HostileScene> {
  const said = ['the service wants fewer notices; they wait'];
  return answered(`busy for “${wish}”`, text(answer('429 No', '', `retry-after: ${wish}`)), { waits: [wait], said });
}

/** Says its piece a byte at a time and never comes to an end. */
function drip(head: string): Retort {
  return (socket) => {
    socket.write(head);
    const more = setInterval(() => socket.write('x'), 100);
    socket.on('close', () => clearInterval(more));
  };
}

function flood(socket: Socket): void {
  const more = () => void socket.write('HTTP/1.1 102 Wait\r\n\r\n', (error) => error || setTimeout(more, 1));
  more();
}

/** Says what it should keep to itself. */
function handBack(socket: Socket, asked: string): void {
  const token = /authorization: (\S+)/i.exec(asked)?.[1] ?? '';
  socket.end(answer(`500 ${token}`, `{"error":"${token}"}`, `x-token: ${token}`, `location: /${token}`));
}

let own: EvilService;

const ATTACKS: Attack<HostileScene>[] = [
  answered('a megabyte for an answer', text(answer('200 OK', 'x'.repeat(1_000_000))), failed('the answer is too long')),
  answered('half an answer', text(answer('200 OK').slice(0, -3)), failed('the service hung up')),
  answered('an answer that is no JSON', text(answer('200 OK', '{"sent":')), SENT),
  answered('an answer named as a prototype', text(answer('200 OK', '{"__proto__":{"sent":1}}')), SENT),
  answered('colours for the terminal', text(answer('200 \u001b[2J', '\u001b[2J\u202e')), SENT),
  answered('a refusal in colours for the terminal', text(answer('400 No', '{"error":"\\u001b[2J"}')), dropped),
  answered('a header of colours for the terminal', text(answer('200 OK', '', 'x-a: \u001b[2J')), failed('Parse Error')),
  answered('a header of a hundred kilobytes', text(answer('200 OK', '', `x-a: ${'x'.repeat(1e5)}`)), failed('Parse')),
  answered('two lengths', text(answer('200 OK', '', 'content-length: 9')), failed('Parse Error')),
  answered('no HTTP', text('220 mail.example ESMTP\r\n'), failed('Parse Error')),
  answered(
    'another protocol',
    text('HTTP/1.1 101 Go\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'),
    failed('the service hung up'),
  ),
  answered('a status beyond all', text(answer('999 No')), failed('the service answered 999')),
  answered('no answer but an end', (socket) => socket.resetAndDestroy(), failed('read ECONNRESET')),
  answered('unknown to the account', text(answer('401 No', CANARY.session)), GIVEN_UP),
  answered('forbidden', text(answer('403 No', CANARY.session)), failed('the service answered 403')),
  busy('-1', 60_000),
  busy('NaN', 60_000),
  busy('1e9', 60_000),
  busy('1000000000', 60_000),
  busy('Infinity', 60_000),
  busy('Wed, 21 Oct 2099 07:28:00 GMT', 60_000),
  busy('999999', 600_000),
  busy('0', 1_000),
  unproven('a certificate that nobody signed', () => certificateFor('127.0.0.1'), 'self-signed certificate'),
  unproven('a certificate of nobody we know', async () => certificateFor('127.0.0.1', await authority()), 'unable to'),
  unproven(
    'a certificate in colours for the terminal',
    async () => certificateFor('\u001b[2J\r\n\u202e', await authority()),
    'unable to',
  ),
  ...['301', '302', '303', '307', '308'].map((status) => ({
    name: `elsewhere with ${status}`,
    refusal: { asked: 1, elsewhere: 0, ...dropped },
    attack: async (scene: HostileScene) => {
      const other = await EvilService.start(text(answer('200 OK')));
      onTestFinished(() => other.stop());
      const { outbox, got } = await handedIn(scene, text(answer(`${status} Away`, '', `location: ${other.url}`)));
      outbox.stop();
      return { ...got, elsewhere: other.asked.length };
    },
  })),
  answered('the token handed back wherever there is room for it', handBack, failed('the service answered 500')),
  {
    name: 'busy for no time at all, again and again',
    refusal: { inAMinute: 61, said: ['the service wants fewer notices; they wait'] },
    attack: async (scene) => {
      const from = scene.lines;
      const { outbox, clock, service } = await handedIn(scene, text(answer('429 No', '', 'retry-after: 0')));
      for (let i = 1; i <= 60; i++) {
        await clock.advance(1_000);
        await eventually(() => service.asked.length + clock.timers).toBe(i + 2);
      }
      outbox.stop();
      return { inAMinute: service.asked.length, said: scene.saidSince(from) };
    },
  },
  {
    name: 'the bridge’s own service, which hands back the token',
    refusal: { asked: [expect.stringContaining('authorization: ***')] },
    attack: async (scene) => {
      const from = scene.lines;
      scene.rig.board().say('temp=99\n');
      await eventually(() => scene.saidSince(from)).toContain(`${TRIED_AGAIN}the service answered 500`);
      // Only the service may see it, not what is shown of this attack.
      return { asked: own.asked.map((text) => text.replace(CANARY.session, '***')) };
    },
  },
  {
    name: 'no answer, one without an end, and one that never begins',
    refusal: { asked: [1, 1, 1, 1], said: Array(4).fill(`${TRIED_AGAIN}The operation was aborted`) },
    attack: async (scene) => {
      const from = scene.lines;
      const slow = [
        () => {},
        drip('HTTP/1.1 200 OK\r\nx-a: '),
        drip('HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n'),
        flood,
      ];
      const all = await Promise.all(slow.map((retort) => handedIn(scene, retort)));
      for (const { outbox } of all) outbox.stop();
      return { asked: all.map(({ got }) => got.asked), said: scene.saidSince(from) };
    },
  },
];

describe('a service of notices that means harm', () => {
  let scene: HostileScene;
  beforeAll(async () => {
    own = await EvilService.start(handBack);
    const alarms = [{ when: 'shed.temp > 90', text: 'fire' }];
    const notify = { service: own.url, token: CANARY.session, alarms };
    scene = await HostileScene.open(embeddedRelay, { token: CANARY.token, config: { notify } });
  });
  afterAll(async () => {
    await scene.close();
    await own.stop();
  });

  repelled(() => scene, ATTACKS);

  it('leaves everything else as it is', async () => {
    await expectOwned(scene);
  });
});
