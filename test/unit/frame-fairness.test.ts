import { expect, test } from 'vitest';
import type { JsonObject } from '../../src/mesh/frame.js';
import { Garage } from '../support/garage.js';
import { settle } from '../support/virtual-clock.js';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

/** A garage with a lamp that phones switch and a sensor that others watch. */
async function open(): Promise<Garage> {
  const garage = new Garage();
  garage.device('shed', ['lamp'], 'number', 'actuator');
  garage.device('greenhouse', ['temp']);
  garage.say('shed', { lamp: 0 });
  garage.say('greenhouse', { temp: 0 });
  return await garage.settled();
}

/** Runs `each` so many times a second, for so many seconds, with a new temperature every 50 ms. */
async function forSeconds(garage: Garage, seconds: number, perSecond: number, each: (i: number) => void) {
  let done = 0;
  for (let ms = 0; ms < seconds * 1000; ms += 10) {
    for (; done < (ms / 1000) * perSecond; done++) each(done);
    if (ms % 50 === 0) garage.say('greenhouse', { temp: ms });
    await garage.clock.advance(10);
  }
}

/** State frames that say the temperature. */
function temperatures({ sink }: Garage): JsonObject[] {
  return sink.of('garage.state').filter((frame) => 'greenhouse' in frame);
}

/** Milliseconds that each ack took, by the time in its id. */
function delays({ sink }: Garage, to: string): number[] {
  return sink.frames
    .filter(({ payload }) => payload['to'] === to)
    .map(({ at, payload }) => at - Number(payload['value']));
}

test('acks of one phone leave the others their states, and no state overtakes its ack', async () => {
  const garage = await open();
  const { publisher, sink } = garage;
  await forSeconds(garage, 4, 45, (i) => {
    const hold = publisher.hold('shed', 'lamp');
    garage.say('shed', { lamp: i + 1 });
    publisher.ack({ cmd_id: `${i}`, to: 'busy', ok: true, value: i + 1 }, hold.answered(i + 1));
  });
  expect(temperatures(garage).length).toBeGreaterThanOrEqual(30);
  expect(sink.of('command_ack').length).toBeGreaterThanOrEqual(100);
  expect(publisher.stats.droppedAcks).toBe(0);
  expect(sink.peakPerSecond()).toBeLessThanOrEqual(48);
  let acked = 0;
  const lamps: number[] = [];
  for (const { payload } of sink.frames) {
    if (payload['msg_type'] === 'command_ack') acked = Math.max(acked, Number(payload['value']));
    const { lamp } = (payload['msg_type'] === 'garage.state' && (payload['shed'] as JsonObject)) || {};
    if (lamp === undefined) continue;
    expect(lamp).toBeLessThanOrEqual(acked);
    lamps.push(Number(lamp));
  }
  expect(lamps).toEqual(lamps.toSorted((a, b) => a - b));
  expect(new Set(lamps).size).toBeGreaterThanOrEqual(20);
});

test('routed replies leave the others their states and acks', async () => {
  const garage = await open();
  const { publisher, clock } = garage;
  let replied = 0;
  await forSeconds(garage, 8, 44, (i) => {
    publisher.reply(() => replied++);
    if (i % 20 === 0) publisher.ack({ cmd_id: `${i}`, to: 'calm', ok: true, value: clock.now() });
  });
  expect(temperatures(garage).length).toBeGreaterThanOrEqual(30);
  expect(replied).toBeGreaterThanOrEqual(200);
  expect(Math.max(...delays(garage, 'calm'))).toBeLessThanOrEqual(200);
});

test.each([
  ['eight names', (i: number) => `p${i % 8}`],
  ['a hundred names', (i: number) => `p${i % 100}`],
  ['a new name each time', (i: number) => `p${i}`],
])('a flood of acks to %s does not delay those to a phone known before', async (_, name) => {
  const garage = await open();
  const { publisher, clock, sink } = garage;
  const calm = () => publisher.ack({ cmd_id: 'c', to: 'calm', ok: true, value: clock.now() });
  calm();
  await clock.advance(60_000);
  await forSeconds(garage, 8, 315, (i) => {
    publisher.ack({ cmd_id: `${i}`, to: name(i), ok: true });
    if (i % 200 === 0) calm();
  });
  await clock.advance(1_000);
  expect(delays(garage, 'calm').length).toBe(14);
  expect(Math.max(...delays(garage, 'calm'))).toBeLessThanOrEqual(700);
  expect(temperatures(garage).length).toBeGreaterThanOrEqual(16);
  expect(sink.peakPerSecond()).toBeLessThanOrEqual(48);
  expect(publisher.stats.droppedAcks).toBeGreaterThan(500);
});

test('a dropped ack ends its hold too', async () => {
  const garage = await open();
  const { publisher, sink, clock } = garage;
  sink.ready = false;
  for (const i of range(65)) {
    const hold = publisher.hold('shed', i === 0 ? 'lamp' : 'nothing');
    publisher.ack({ cmd_id: `${i}`, to: 'busy', ok: true, value: 1 }, hold.answered(1));
  }
  garage.say('shed', { lamp: 1 });
  sink.ready = true;
  await clock.advance(1_000);
  expect(publisher.stats.droppedAcks).toBe(1);
  expect(sink.of('garage.state').at(0)).toMatchObject({ shed: { lamp: 1 } });
});

test('a held point is not said while its ack waits for a slow connection', async () => {
  const garage = await open();
  const { publisher, sink } = garage;
  const hold = publisher.hold('shed', 'lamp');
  for (const i of range(20)) publisher.ack({ cmd_id: `${i}`, to: 'other', ok: true });
  publisher.ack({ cmd_id: 'lamp', to: 'calm', ok: true, value: 1 }, hold.answered(1));
  garage.say('shed', { lamp: 1 });
  publisher.full();
  await garage.clock.advance(1_000);
  const said = sink.frames.map(({ payload }) => payload['cmd_id'] ?? (payload['shed'] as JsonObject)?.['lamp']);
  expect(said.indexOf(1)).toBeGreaterThan(said.indexOf('lamp'));
  expect(said.indexOf('lamp')).toBeGreaterThanOrEqual(0);
});

test('a device that floods events delays no other device’s', async () => {
  const garage = await open();
  garage.device('yard', ['button'], 'string', 'event');
  garage.device('door', ['bell'], 'string', 'event');
  for (const _ of range(1_500)) garage.store.event('yard', { point: 'button', event: 'pressed' });
  await settle();
  garage.store.event('door', { point: 'bell', event: 'rang' });
  await garage.clock.advance(200);
  expect(garage.sink.of('garage.event')).toContainEqual(expect.objectContaining({ dev: 'door' }));
  expect(garage.publisher.stats.droppedEvents).toBeGreaterThan(400);
});
