import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Cipher, type Envelope, roomCipher } from '../../src/mesh/e2ee.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { systemClock } from '../../src/system-clock.js';
import { type Attack, repelled } from '../support/attack.js';
import { droppedAs } from '../support/bridge-attacks.js';
import { eventually } from '../support/eventually.js';
import { CANARY, type HostileScene } from '../support/hostile-scene.js';
import { embeddedRelay } from '../support/relays.js';
import { expectOwned, sceneOf } from '../support/scene-of.js';

const PUMP: JsonObject = { msg_type: 'rig.cmd', dev: 'shed', point: 'pump', value: true, _cmd: 'sealed', _from: 'eve' };
const OTHER_KEY = Buffer.alloc(32, 8).toString('base64');

/** Salts by chance that have both signs which the alphabet of addresses writes in another way. */
const telling = (size: number) => Buffer.concat([Buffer.from([0xfb, 0xff]), randomBytes(size - 2)]);

function cipher(channel = 'lab', key = CANARY.roomKey, lateMs = 0): Cipher {
  const clock = systemClock();
  const late = { ...clock, wall: () => (clock.wall() ?? 0) - lateMs };
  return roomCipher(key, { channel, name: 'eve', clock: late, randomBytes: telling });
}

/** A plain command of somebody without the key; members read the refusal. */
function plain(name: string, payload: JsonObject): Attack<HostileScene> {
  return {
    name,
    refusal: { ok: false, code: 'plaintext' },
    attack: async (scene) => {
      const cmd = `plain ${name}`;
      const eve = await scene.rig.outsider();
      eve.send({ ...payload, _cmd: cmd, _from: 'eve' });
      return await scene.anna.waitFor((frame) => frame['msg_type'] === 'command_ack' && frame['cmd_id'] === cmd);
    },
  };
}

/** A frame of somebody without the key, which the bridge drops. */
function dropped(name: string, frame: () => unknown): Attack<HostileScene> {
  return droppedAs(name, 'undecryptable', async (scene) => {
    const eve = await scene.rig.outsider();
    eve.send(frame());
  });
}

/** A good envelope with something about it changed. */
function changed(name: string, change: (envelope: Envelope) => object): Attack<HostileScene> {
  return dropped(name, () => {
    // A tap of its own: as a repeat of another one it would move nothing, wherever it got to.
    const envelope = cipher().seal({ ...PUMP, _cmd: name });
    return { ...envelope, ...change(envelope) };
  });
}

const forAddresses = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_');

const OUTSIDERS: Attack<HostileScene>[] = [
  plain('a plain command', PUMP),
  plain('a plain arming', { ...PUMP, msg_type: 'rig.arm' }),
  plain('a plain release of the emergency stop', { msg_type: 'rig.estop_reset' }),
  plain('a plain command in the older version’s clothes', { ...PUMP, e2ee: 1, s: '', n: 0, ct: '' }),
  plain('a plain command that says in words that it is sealed', { ...PUMP, e2ee: '2' }),
  {
    name: 'a plain write, routed, whose refusal only members could read',
    refusal: { e2ee: 2, ct: expect.any(String) },
    attack: async (scene) => {
      const eve = await scene.rig.outsider();
      return await eve.request('rig', 'rig.set', { dev: 'shed', point: 'pump', value: true });
    },
  },
  dropped('a command sealed with another key', () => cipher('lab', OTHER_KEY).seal(PUMP)),
  dropped('a command sealed for another channel', () => cipher('elsewhere').seal(PUMP)),
  dropped('a command sealed three minutes ago', () => cipher('lab', CANARY.roomKey, 180_000).seal(PUMP)),
  dropped('a command sealed in the future', () => cipher('lab', CANARY.roomKey, -180_000).seal(PUMP)),
  changed('one bit changed', ({ ct }) => {
    const bytes = Buffer.from(ct, 'base64');
    bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
    return { ct: bytes.toString('base64') };
  }),
  changed('the tag cut off', ({ ct }) => ({ ct: Buffer.from(ct, 'base64').subarray(0, -16).toString('base64') })),
  changed('another counter', ({ n }) => ({ n: n + 7 })),
  changed('a counter below zero', () => ({ n: -1 })),
  changed('half a counter', () => ({ n: 0.5 })),
  changed('a counter beyond what numbers can count', () => ({ n: 2 ** 60 })),
  changed('a counter that is text', ({ n }) => ({ n: String(n) })),
  changed('a counter in a list', ({ n }) => ({ n: [n] })),
  changed('no salt', () => ({ s: undefined })),
  changed('a salt that is too short', () => ({ s: Buffer.alloc(15).toString('base64') })),
  changed('a salt in the alphabet of addresses', ({ s }) => ({ s: forAddresses(s) })),
  changed('a salt without its end', ({ s }) => ({ s: s.replaceAll('=', '') })),
  changed('a salt with more behind its end', ({ s }) => ({ s: `${s}AAAA` })),
  changed('a salt in a list', ({ s }) => ({ s: [s] })),
  changed('spaces in the sealed text', ({ ct }) => ({ ct: `${ct.slice(0, 8)} ${ct.slice(8)}` })),
  changed('the end of the sealed text written in another way', ({ ct }) => ({ ct: `${ct.replaceAll('=', '')}====` })),
  changed('a sealed text with a line break behind it', ({ ct }) => ({ ct: `${ct}\n` })),
  changed('nothing sealed', () => ({ ct: '' })),
  changed('half a megabyte of noise', () => ({ ct: Buffer.alloc(400_000, 7).toString('base64') })),
  changed('a list for the sealed text', ({ ct }) => ({ ct: [ct] })),
  {
    name: 'the bridge’s own frames sent back',
    refusal: { 'own-sealed': expect.any(Number) },
    attack: async (scene) => {
      const began = { ...scene.rig.bridge.mesh.stats.dropped };
      const eve = await scene.rig.outsider();
      scene.anna.send({ msg_type: 'rig.poll' });
      const own = await eve.waitFor((frame) => frame['e2ee'] === 2);
      for (let i = 0; i < 5; i++) eve.send(own);
      await eventually(() => Number(scene.dropsSince(began)['own-sealed'])).toBeGreaterThanOrEqual(5);
      return scene.dropsSince(began);
    },
  },
  {
    name: 'a member’s refused command, recorded and sent again',
    refusal: { undecryptable: 1 },
    attack: async (scene) => {
      const eve = await scene.rig.outsider();
      const recorded = cipher().seal({ ...PUMP, value: 'on', _cmd: 'recorded' });
      eve.send(recorded);
      await scene.anna.waitFor((frame) => frame['cmd_id'] === 'recorded');
      const began = { ...scene.rig.bridge.mesh.stats.dropped };
      eve.send(recorded);
      await eventually(() => scene.dropsSince(began)['undecryptable']).toBe(1);
      return scene.dropsSince(began);
    },
  },
  {
    name: 'a member’s command from before the bridge started',
    refusal: { ok: false, code: 'expired' },
    attack: async (scene) => {
      const eve = await scene.rig.outsider();
      eve.send(cipher('lab', CANARY.roomKey, 90_000).seal({ ...PUMP, _cmd: 'before' }));
      return await scene.anna.waitFor((frame) => frame['cmd_id'] === 'before');
    },
  },
  {
    name: 'listening along, which tells not one word',
    refusal: { heard: true, words: ['ct', 'e2ee', 'n', 's'] },
    attack: async (scene) => {
      const eve = await scene.rig.outsider('listener');
      scene.anna.send({ msg_type: 'control_sync_request', from: 'anna' });
      scene.anna.command({ ...PUMP, value: 'on' });
      await eventually(() => eve.broadcasts.length).toBeGreaterThan(3);
      const words = [...new Set(eve.broadcasts.flatMap((frame) => Object.keys(frame)))].sort();
      return { heard: eve.broadcasts.length > 3, words };
    },
  },
];

describe('somebody on the relay of a room who has no key', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token, roomKey: CANARY.roomKey });

  repelled(scene, OUTSIDERS);

  it('leaves the room to its members', async () => {
    await expectOwned(scene());
  });

  it('is told from a member by nothing but the envelope: unchanged it switches', async () => {
    scene().rebase();
    const eve = await scene().rig.outsider();
    const tap = async (value: boolean) => {
      const _cmd = `unchanged ${value}`;
      eve.send(cipher().seal({ ...PUMP, value, _cmd }));
      return await scene().anna.waitFor(({ cmd_id }) => cmd_id === _cmd);
    };
    expect([await tap(false), await tap(true)]).toMatchObject([
      { ok: true, value: false },
      { ok: true, value: true },
    ]);
  });

  it('cannot keep from its members what a sensor measures, however much it is refused', async () => {
    const { rig, anna, stranger } = scene();
    const eves = await Promise.all([1, 2, 3, 4].map((n) => rig.outsider(`${stranger}-${n}`)));
    let going = true;
    const flood = eves.map(async (eve, i) => {
      for (let n = 0; going; n++) {
        eve.send({ msg_type: 'rig.cmd', dev: 'shed', point: 'temp', value: n, _cmd: `c${n}`, _from: `e${i}` });
        await pause(40);
      }
    });
    await pause(1_000);
    const from = anna.broadcasts.length;
    const measured = new Set<unknown>();
    for (const until = performance.now() + 3_000; performance.now() < until; await pause(20)) {
      measured.add(rig.bridge.store.point('shed', 'temp')?.value);
    }
    going = false;
    await Promise.all(flood);
    const told = anna.broadcasts.slice(from).map((frame) => (frame['shed'] as JsonObject | undefined)?.['temp']);
    const heard = new Set(told.filter((value) => typeof value === 'number'));
    expect(heard.size).toBeGreaterThanOrEqual(measured.size / 2);
  }, 20_000);

  it('who takes the bridge’s name gets its place, but neither its commands nor its words', async () => {
    scene().rebase();
    const impostor = await scene().rig.outsider('rig');
    const asked: unknown[] = [];
    impostor.onRequest('rig.set', (payload) => {
      asked.push(payload);
      return { ok: true };
    });
    await scene().anna.request('rig', 'rig.set', { dev: 'shed', point: 'fan', value: 40 });
    expect(asked).toEqual([{ e2ee: 2, s: expect.any(String), n: expect.any(Number), ct: expect.any(String) }]);
    expect(scene().sketch.heardBytes).not.toContain('FAN');
  });
});
