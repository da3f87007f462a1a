import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { askControl } from '../../src/control/client.js';
import { CANARY, type HostileScene } from '../support/hostile-scene.js';
import { embeddedRelay } from '../support/relays.js';
import { sceneOf } from '../support/scene-of.js';

/** Sends refused commands for the fan, so many a second over so many sockets, each in one of so many names. */
async function flood(scene: HostileScene, sockets: number, names: number, ms: number, point = 'fan') {
  const eves = await Promise.all(Array.from({ length: sockets }, (_, i) => scene.rig.outsider(`eve${i}`)));
  let n = 0;
  let going = true;
  const done = Promise.all(
    eves.map(async (eve, k) => {
      while (going) {
        n++;
        eve.send({ msg_type: 'rig.cmd', dev: 'shed', point, value: n % 100, _cmd: `c${n}`, _from: `e${k}-${n % names}` });
        await pause(ms);
      }
    }),
  );
  return async () => {
    going = false;
    await done;
    for (const eve of eves) await eve.close();
    return n;
  };
}

/** Milliseconds until the phone of the house hears of each change, 4000 at most. */
async function waits(scene: HostileScene, point: string, values: readonly unknown[]): Promise<number[]> {
  const { rig, anna } = scene;
  const all: number[] = [];
  for (const value of values) {
    const from = anna.broadcasts.length;
    const began = performance.now();
    await askControl(rig.control, { op: 'set', device: 'shed', point, value });
    const seen = () => anna.broadcasts.slice(from).some((frame) => frame['msg_type'] === 'rig.state' && (frame['shed'] as { [key: string]: unknown } | undefined)?.[point] === value);
    while (!seen() && performance.now() - began < 4_000) await pause(5);
    all.push(Math.round(performance.now() - began));
    await pause(200);
  }
  return all;
}

describe('members without the room key who are refused all the time', () => {
  const scene = sceneOf(embeddedRelay, { token: CANARY.token, roomKey: CANARY.roomKey });

  it('show nobody an old reading of a sensor as a good one', async () => {
    const { rig, anna } = scene();
    const { store } = rig.bridge;
    const end = await flood(scene(), 4, 4, 40, 'temp');
    await pause(3_000);
    const from = anna.broadcasts.length;
    const measured = new Set<unknown>();
    const until = performance.now() + 6_000;
    while (performance.now() < until) {
      measured.add(store.point('shed', 'temp')?.value);
      await pause(20);
    }
    const told = anna.broadcasts.slice(from).flatMap((frame) => (frame['msg_type'] === 'rig.state' ? [(frame['shed'] as { temp?: number } | undefined)?.temp] : []));
    const sent = rig.bridge.publisher.stats.frames;
    await end();
    await pause(6_000);
    const heard = new Set(told.filter((value) => value !== undefined));
    expect({ measured: measured.size, heard: heard.size, sent: JSON.stringify(sent).length > 0 }).toMatchObject({ heard: expect.toSatisfy((n: number) => n >= measured.size / 2) });
  }, 60_000);

  it.each([
    ['one name, ten a second', 1, 1, 100],
    ['three sockets, thirty a second', 3, 1, 100],
    ['four sockets, sixty a second', 4, 2, 66],
    ['twelve sockets, as fast as may be', 12, 5, 22],
  ])('keep no news from those who have it: %s', async (_what, sockets, names, ms) => {
    const end = await flood(scene(), sockets, names, ms);
    await pause(4_000);
    const fan = await waits(scene(), 'fan', [11, 22, 33]);
    const pump = await waits(scene(), 'pump', [true, false]);
    await end();
    const late = [...fan, ...pump].filter((wait) => wait > 1_000);
    await pause(3_000);
    expect(late).toEqual([]);
  }, 90_000);
});
