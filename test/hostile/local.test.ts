import { existsSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BoardSimulator } from '../../devices/board/simulator.js';
import { systemClock } from '../../src/system-clock.js';
import { type Attack, repelled } from '../support/attack.js';
import { eventually } from '../support/eventually.js';
import { CANARY, type HostileScene } from '../support/hostile-scene.js';
import { embeddedRelay } from '../support/relays.js';
import { expectOwned, sceneOf } from '../support/scene-of.js';

/** What somebody writes to the control socket, and the first line that comes back; none: it hung up. */
function written(name: string, text: string, refusal: object): Attack<HostileScene> {
  return { name, refusal, attack: ({ rig }) => firstLine(connect(rig.control), text) };
}

function firstLine(socket: Socket, text: string): Promise<unknown> {
  return new Promise((resolve) => {
    let heard = '';
    const done = () => {
      socket.destroy();
      resolve(heard === '' ? { hungUp: true } : JSON.parse(heard.split('\n')[0] ?? ''));
    };
    socket.on('data', (data) => {
      heard += String(data);
      if (heard.includes('\n')) done();
    });
    socket.on('error', () => {}); // the close that follows tells
    socket.on('close', done);
    socket.write(text);
  });
}

/** What a board says instead of readings, after which the last good reading still stands. */
function said(name: string, bytes: string): Attack<HostileScene> {
  return {
    name,
    refusal: { health: 'online', pump: false, points: ['fan', 'heater', 'jog', 'mode', 'pump', 'sign', 'temp'] },
    attack: async (scene) => {
      const { store, fleet } = scene.rig.bridge;
      const { counters } = fleet.devices.get('shed') ?? { counters: { lines: 0 } };
      scene.rig.board().say(bytes);
      // The sketch's own next lines come behind it.
      const before = counters.lines;
      await eventually(() => counters.lines).toBeGreaterThan(before + 2);
      const temp = store.point('shed', 'temp')?.value;
      expect(temp).toEqual(expect.any(Number));
      expect(Number(temp)).toBeGreaterThan(0);
      const points = [...store.points('shed').keys()].sort();
      return { health: store.health('shed'), pump: store.point('shed', 'pump')?.value, points };
    },
  };
}

const LOCAL: Attack<HostileScene>[] = [
  written('no JSON', 'hello\n', { ok: false }),
  written('a list', '[1,2]\n', { ok: false }),
  written('a question named as a prototype', '{"op":"__proto__","device":"shed"}\n', { ok: false }),
  written('a question named as a constructor', '{"op":"constructor","device":"shed"}\n', { ok: false }),
  written('a device named as a prototype', '{"op":"get","device":"__proto__"}\n', {
    ok: false,
    code: 'unknown_point',
  }),
  written('a device that is an object', '{"op":"get","device":{"toString":1}}\n', { ok: false }),
  written('a thousand brackets to the socket', `${'['.repeat(1_000)}\n`, { ok: false }),
  written('a line to the socket that never ends', 'x'.repeat(70_000), { hungUp: true }),
  written('a number beyond the range', '{"op":"set","device":"shed","point":"fan","value":101}\n', {
    ok: false,
    code: 'range',
  }),
  written('a second line in a text', '{"op":"set","device":"shed","point":"sign","value":"a\\nPUMP on"}\n', {
    ok: false,
    code: 'type',
  }),
  {
    name: 'more clients than there is room for',
    refusal: { ok: false, code: 'busy' },
    attack: async ({ rig }) => {
      const sockets = Array.from({ length: 16 }, () => connect(rig.control));
      await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.on('connect', resolve))));
      const answer = await firstLine(connect(rig.control), '{"op":"status"}\n');
      const gone = sockets.map((socket) => new Promise((resolve) => socket.on('close', resolve)));
      for (const socket of sockets) socket.destroy();
      await Promise.all(gone);
      await eventually(() => firstLine(connect(rig.control), '{"op":"status"}\n')).toMatchObject({ ok: true });
      return answer;
    },
  },
  {
    name: 'another user of this machine',
    refusal: { socket: 0o600, folder: 0o700, token: 0o600 },
    attack: async ({ rig }) => {
      const mode = (path: string) => statSync(path).mode & 0o777;
      const folder = dirname(rig.control);
      // Written a moment after somebody was let in.
      await eventually(() => existsSync(`${folder}/panel.json`)).toBe(true);
      return { socket: mode(rig.control), folder: mode(folder), token: mode(`${folder}/panel.json`) };
    },
  },
  {
    name: 'a board whose names are meant for the screens of people',
    refusal: { health: 'unapproved', card: { ok: true } },
    attack: async (scene) => {
      const words = '\u001b[2J\u202eknab';
      const identity = { id: 'gift', name: words, firmware: words };
      scene.rig.usb.plug('ttyUSB7', new BoardSimulator(systemClock(), 7, { identity }));
      const { store } = scene.rig.bridge;
      await eventually(() => store.health('gift')).toBe('unapproved');
      // Labels and units of that sort are no lines of the protocol; a name is, and is in the panel's list by then.
      await eventually(() => JSON.stringify(scene.page.frames)).toContain('knab');
      const health = store.health('gift');
      return {
        health,
        card: await scene.ask('rig.card', { id: 'gift' }),
        described: await scene.ask('rig.describe', null),
      };
    },
  },
  said('a reading of a prototype', '{"__proto__":{"temp":1},"constructor":2}\n'),
  said('readings of points that nobody listed', '{"laser":true,"bridge":1,"msg_type":2}\n'),
  said('colours for the terminal', '\u001b[2J\u001b[31mtemp=\u001b]0;owned\u0007\n'),
  said('every byte there is', `${String.fromCharCode(...Array.from({ length: 256 }, (_, i) => i))}\n`),
  said('a frame of the channel', '{"msg_type":"rig.cmd","dev":"shed","point":"pump","value":true}\n'),
  said('a thousand brackets', `${'{"a":'.repeat(180)}1${'}'.repeat(180)}\n`),
  said('a line that never ends', 'x'.repeat(8_000)),
];

describe('somebody on this machine, and a board, that mean harm', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token });

  repelled(scene, LOCAL);

  it('leave the bridge to its owner', async () => {
    await expectOwned(scene());
  });
});
