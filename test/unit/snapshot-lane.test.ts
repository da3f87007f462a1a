import { expect, test } from 'vitest';
import { SnapshotLane } from '../../src/frame/snapshot-lane.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { asciiSize } from '../../src/mesh/json.js';

/** All frames of a lane, each sent at once. */
function all(lane: SnapshotLane): JsonObject[] {
  const frames: JsonObject[] = [];
  while (lane.dueIn() === 0) {
    const frame = lane.frame();
    if (!frame) break;
    frames.push(frame);
    lane.sent();
  }
  return frames;
}

test('each phone is told by its name what every control holds, with a version that rises', () => {
  const lane = new SnapshotLane(() => new Map<string, unknown>([['temp', 21.5], ['lamp', true]]), 64_000); // biome-ignore format: one line
  lane.request(['anna', 'bert']);
  lane.request(['anna']);
  const controls = { temp: 21.5, lamp: true };
  expect(all(lane)).toEqual([
    { msg_type: 'control_snapshot', to: 'anna', v: 1, controls },
    { msg_type: 'control_snapshot', to: 'bert', v: 2, controls },
  ]);
  expect(lane.dueIn()).toBe(Number.POSITIVE_INFINITY);
});

test('what fits into no frame is left out, what does not fit into one is told in several', () => {
  const values = new Map<string, unknown>();
  for (let i = 0; i < 300; i++) values.set(`control-${i}`, `äöü ${i}`);
  values.set('huge', 'x'.repeat(5_000));
  const lane = new SnapshotLane(() => values, 4_000);
  lane.request(['anna']);
  const frames = all(lane);
  expect(frames.length).toBeGreaterThan(3);
  for (const frame of frames) expect(asciiSize(frame)).toBeLessThan(4_000);
  const told = Object.assign({}, ...frames.map(({ controls }) => controls));
  values.delete('huge');
  expect(told).toEqual(Object.fromEntries(values));
});

test('a frame that has to wait tells what is true when it leaves', () => {
  const values = new Map<string, unknown>([['lamp', false]]);
  const lane = new SnapshotLane(() => values, 4_000);
  lane.request(['anna']);
  expect(lane.frame()).toMatchObject({ v: 1, controls: { lamp: false } });
  values.set('lamp', true);
  expect(lane.frame()).toMatchObject({ v: 1, controls: { lamp: true } });
});

test('nobody is told nothing', () => {
  const lane = new SnapshotLane(() => new Map(), 4_000);
  lane.request(['anna', 'bert']);
  expect(lane.frame()).toBeUndefined();
  expect(lane.dueIn()).toBe(Number.POSITIVE_INFINITY);
});
