import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { AvrBoard } from '../../devices/board/avr-board.js';
import { GREENHOUSE } from '../../devices/board/avr-greenhouse.js';
import { RAILWAY } from '../../devices/board/avr-railway.js';
import { boardKind } from '../../devices/board/kind.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { systemClock } from '../../src/system-clock.js';
import { eventually } from '../support/eventually.js';
import { LayoutPhone } from '../support/layout-phone.js';
import { embeddedRelay } from '../support/relays.js';
import { Rig } from '../support/rig.js';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLES = join(ROOT, 'scripts/examples');
const textOf = (path: string) => readFileSync(path, 'utf8');

/** An example's config with the firmware that it is for, on an emulated Uno, and phones that show its layout. */
async function open(example: string, device: string) {
  const config = parse(textOf(join(EXAMPLES, `${example}.yaml`))) as JsonObject;
  const { devices, publish, security, layout: given } = config;
  const { file, bindings } = given as { file: string; bindings: JsonObject };
  const firmware = boardKind.samples?.find(({ id }) => id === device)?.firmware ?? '';
  const uno = new AvrBoard(systemClock(), textOf(join(ROOT, firmware)));
  const layout = { file: join(EXAMPLES, file), bindings };
  const rig = await Rig.open(embeddedRelay, {
    devices: devices as Record<string, JsonObject>,
    boards: { [device]: uno },
    config: { publish, layout, ...(security === undefined ? {} : { security }) },
  });
  const document: unknown = JSON.parse(textOf(layout.file));
  const phones: LayoutPhone[] = [];
  const phone = async (name: string) => {
    const opened = LayoutPhone.open(await rig.phone(name), document);
    phones.push(opened);
    return opened;
  };
  const close = async () => {
    for (const one of phones) one.close();
    await rig.close();
    uno.powerOff();
  };
  return { uno, rig, phone, close };
}

const done = (shown: unknown) => ({ shown, code: undefined });

it('the greenhouse shows its climate, waters, airs, and stops', async () => {
  const { uno, rig, phone, close } = await open('greenhouse', 'greenhouse');
  // A TMP36 says 0.5 V at 0 °C and 10 mV a degree.
  uno.pins.analog(GREENHOUSE.temp, 0.72);
  uno.pins.analog(GREENHOUSE.hum, 2.5);
  const anna = await phone('anna');
  await anna.showing('link').toBe('online');
  await eventually(() => Math.abs(Number(anna.shown('temperature')) - 22) < 0.6).toBe(true);
  await anna.showing('humidity').toBe(50);
  await anna.showing('pump').toBe(false);

  expect(await anna.tap('pump', true)).toEqual(done(true));
  expect(uno.pins.level(GREENHOUSE.pump)).toBe(true);
  expect(await anna.tap('pump', false)).toEqual(done(false));
  expect(await anna.tap('fan', 35)).toEqual(done(35));
  expect(await anna.tap('vent', 'open')).toEqual(done('open'));
  expect((await anna.tap('water')).code).toBeUndefined();
  await eventually(() => uno.pins.level(GREENHOUSE.pump)).toBe(true);
  await anna.showing('pump').toBe(true);

  const bert = await phone('bert');
  await bert.showing('fan').toBe(35);
  expect((await bert.tap('stop')).code).toBeUndefined();
  expect(uno.pins.level(GREENHOUSE.pump)).toBe(false);
  await anna.showing('fan').toBe(0);
  await anna.showing('vent').toBe('closed');
  expect(await anna.tap('pump', true)).toEqual({ shown: false, code: 'estop' });
  expect((await anna.tap('release')).code).toBeUndefined();
  expect(await anna.tap('pump', true)).toEqual(done(true));

  rig.board('greenhouse').pull();
  await anna.showing('link').toBe('offline');
  await close();
}, 30_000);

it('the railway shows where the train is, sets its way, and cuts the power at the stop; visitors only look on', async () => {
  const { uno, phone, close } = await open('railway', 'station');
  const occupy = (block: number, occupied: boolean) =>
    uno.pins.drive(RAILWAY.blocks[block] ?? 0, occupied ? false : undefined);
  const conductor = await phone('conductor');
  const visitor = await phone('visitor');
  await conductor.showing('link').toBe('online');
  for (const id of ['block-1', 'block-2', 'block-3']) await visitor.showing(id).toBe(false);

  expect(await conductor.tap('power', true)).toEqual(done(true));
  expect(uno.pins.level(RAILWAY.power)).toBe(true);
  expect(await conductor.tap('west', 'thrown')).toEqual(done('thrown'));
  expect(uno.pins.level(RAILWAY.west)).toBe(true);
  expect(await conductor.tap('arrival', 'green')).toEqual(done('green'));
  expect([uno.pins.level(RAILWAY.arrivalGreen), uno.pins.level(RAILWAY.arrivalRed)]).toEqual([true, false]);
  await visitor.showing('arrival').toBe('green');

  occupy(0, true);
  await visitor.showing('block-1').toBe(true);
  occupy(0, false);
  occupy(1, true);
  await visitor.showing('block-2').toBe(true);
  await visitor.showing('block-1').toBe(false);

  // The turnout says where it stands once it is there.
  await visitor.showing('west').toBe('thrown');
  expect(await visitor.tap('west', 'closed')).toEqual({ shown: 'thrown', code: 'role' });
  expect(uno.pins.level(RAILWAY.west)).toBe(true);
  // Whoever sees a crash coming may stop it.
  expect((await visitor.tap('stop')).code).toBeUndefined();
  expect([uno.pins.level(RAILWAY.power), uno.pins.level(RAILWAY.arrivalRed)]).toEqual([false, true]);
  // A turnout that moved now would do so under the train.
  expect(uno.pins.level(RAILWAY.west)).toBe(true);
  await conductor.showing('power').toBe(false);
  await conductor.showing('arrival').toBe('red');
  expect((await visitor.tap('release')).code).toBe('role');
  expect((await conductor.tap('release')).code).toBeUndefined();
  expect(await conductor.tap('power', true)).toEqual(done(true));
  await close();
}, 30_000);
