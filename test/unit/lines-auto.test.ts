import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { LinesDriver } from '../../devices/lines/driver.js';
import { linesOptions } from '../../devices/lines/options.js';
import { DriverBench } from '../support/driver-bench.js';

let bench: DriverBench;
afterEach(() => bench.close());

async function live(more: object = {}) {
  bench = new DriverBench(new LinesDriver(linesOptions.parse({ port: '/dev/fake', ...more })));
  await bench.connect();
}

const say = (...lines: string[]) => {
  for (const line of lines) bench.port.say(line);
};
const specs = () => [...bench.store.points('dev').values()].map(({ spec }) => spec);

describe('finding the format', () => {
  it('believes one JSON object', async () => {
    await live();
    say('Booting…', '{"temp":21.5,"air":{"hum":45},"pump":true}');
    expect(bench.values).toEqual({ temp: 21.5, air_hum: 45, pump: true });
    expect(bench.infos).toEqual(['the sketch prints json lines']);
  });

  it('believes three lines with a common name', async () => {
    await live();
    say('temp=21', 'temp=22');
    expect(bench.values).toEqual({});
    say('temp=23');
    expect(bench.values).toEqual({ temp: 23 });
  });

  it('believes three lines with as many numbers, and then only such lines', async () => {
    await live();
    say('21 45', '21 45', '1 2 3', '21 45');
    expect(bench.values).toEqual({ value1: 21, value2: 45 });
    say('99', '1 2 3', '7 8');
    expect(bench.values).toEqual({ value1: 7, value2: 8 });
    expect(bench.counters.ignored).toBe(5);
  });

  it('believes one line with a listed name', async () => {
    await live({ points: { temp: {} } });
    say('hum=3', 'temp=21');
    expect(bench.values).toEqual({ temp: 21 });
  });

  it('does not take the boot messages of a chip for values', async () => {
    await live();
    const boot = [
      'ets Jul 29 2019 12:21:46',
      'rst:0x1 (POWERON_RESET),boot:0x13 (SPI_FAST_FLASH_BOOT)',
      'configsip: 0, SPIWP:0xee',
      'mode:DIO, clock div:1',
      'load:0x3fff0030,len:1344',
      'load:0x40078000,len:13964',
      'load:0x40080400,len:3600',
      'entry 0x400805f0',
    ];
    say(...boot, 'temp=1', 'temp=2', 'temp=3', ...boot, 'temp=4');
    expect(bench.values).toEqual({ temp: 4 });
  });

  it('reads what an ESP-IDF log line says, and makes no point of its prefix', async () => {
    await live();
    for (const time of [123, 123, 123, 456])
      say(`I (${time}) x: temp=21.5`, `\x1b[0;32mI (${time}) wifi:connected\x1b[0m`);
    say('W (12:30:45.123) x: temp=22', 'E (1) x:temp=23');
    expect(bench.values).toEqual({ temp: 23 });
    await bench.close();
    await live({ format: 'keyvalue' });
    for (let i = 0; i < 4; i++) say('I (123) x: Temp C: 21.5, Hum: 45 %', 'D (123) x: on=1');
    expect(bench.values).toEqual({ temp_c: 21.5, hum: 45, on: 1 });
  });

  it('keeps what else is in a JSON line with nan', async () => {
    await live();
    say('{"temp":nan,"hum":40}', '{"temp":21,"hum":41}', '{"temp":nan,"hum":42}');
    expect(bench.values).toEqual({ temp: null, hum: 42 });
  });

  it('looks again when another sketch speaks, and what the old one said is unknown then', async () => {
    await live();
    say('temp=21', 'temp=21', 'temp=21');
    for (let i = 0; i < 20; i++) say('{"light":5}');
    expect(bench.values).toEqual({});
    say('{"light":6}');
    expect(bench.values).toEqual({ light: 6 });
    expect(bench.infos.filter((info) => info.startsWith('the sketch prints'))).toHaveLength(2);
  });

  it('makes listed points unknown when nothing matches any more', async () => {
    await live({
      points: { temp: {}, lamp: { role: 'actuator', type: 'boolean', write: '{value}', confirm: 'assume' } },
    });
    say('temp=21');
    bench.io.report([{ point: 'lamp', value: true }]);
    for (let i = 0; i < 19; i++) say('noise');
    expect(bench.values).toEqual({ temp: 21, lamp: true });
    say('noise');
    expect(bench.values).toEqual({ temp: null, lamp: true });
  });
});

describe('inferring points', () => {
  it('names them after what is on the wire', async () => {
    await live({ format: 'json' });
    say('{"Temp (°C)":21,"1st":1,"bridge":2,"A very long name indeed":3,"A very long name index":4,"Größe":5,"":6}');
    expect(specs().length).toBe(0);
    say('{"Temp (°C)":21,"1st":1,"bridge":2,"A very long name indeed":3,"A very long name index":4,"Größe":5}');
    expect(specs().map(({ id, label, unit }) => [id, label, unit])).toEqual([
      ['temp', 'Temp', '°C'],
      ['p_1st', '1st', undefined],
      ['p_bridge', 'bridge', undefined],
      ['a_very_long_name', 'A very long name indeed', undefined],
      ['a_very_long_na_2', 'A very long name index', undefined],
      ['gr_e', 'Größe', undefined],
    ]);
  });

  it('infers types and units, all as sensors', async () => {
    await live({ format: 'keyvalue' });
    for (let i = 0; i < 3; i++) say('temp=21.5C pump=on mode=eco uid=7A bad=nan');
    expect(specs().map(({ id, role, type, unit }) => [id, role, type, unit])).toEqual([
      ['temp', 'sensor', 'number', 'C'],
      ['pump', 'sensor', 'boolean', undefined],
      ['mode', 'sensor', 'string', undefined],
      ['uid', 'sensor', 'string', undefined],
      ['bad', 'sensor', 'number', undefined],
    ]);
    expect(bench.values).toEqual({ temp: 21.5, pump: true, mode: 'eco', uid: '7A', bad: null });
  });

  it('makes a number unknown by one word, and a text by three in a row', async () => {
    await live({ format: 'json' });
    say('{"v":1,"w":1}', '{"v":"err","w":2}');
    expect(bench.values).toEqual({ v: null, w: 2 });
    say('{"v":3}', '{"v":"err"}', '{"v":"err"}', '{"v":"err"}');
    expect(bench.values).toEqual({ v: 'err', w: 2 });
    say('{"v":4}');
    expect(bench.values).toEqual({ v: '4', w: 2 });
  });

  it('does not believe a number whose unit changed', async () => {
    await live({ format: 'json' });
    say('{"temp":"21C"}', '{"temp":"21 C"}', '{"temp":"70 F"}');
    expect(bench.values).toEqual({ temp: '70 F' });
    await bench.close();
    await live({ format: 'json' });
    say('{"temp":"21.0C"}', '{"temp":"70.1F"}');
    expect(bench.values).toEqual({ temp: null });
  });

  it('stops at 64 points and counts the rest', async () => {
    await live({ format: 'json' });
    for (let i = 0; i < 4; i++) {
      say(JSON.stringify(Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`k${i}_${n}`, n]))));
    }
    expect(specs()).toHaveLength(64);
    expect(bench.counters.ignored).toBe(16);
    expect(new Set(specs().map(({ id }) => id)).size).toBe(64);
  });

  it('yields nothing but valid ids and finite numbers from any lines', async () => {
    await live();
    const word = fc.constantFrom(
      'temp',
      'a',
      '=',
      ':',
      ' ',
      ',',
      '21.5',
      '{"x":1}',
      'nan',
      '1e999',
      '__proto__',
      '7',
      '°C',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), fc.nat(3), (words, times) => {
        for (let i = 0; i <= times; i++) bench.port.say(words.join(''));
        for (const { spec, value } of bench.store.points('dev').values()) {
          expect(spec.id).toMatch(/^[a-z][a-z0-9_]{0,15}$/);
          expect(spec.role).toBe('sensor');
          if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
    expect(bench.counters.driverErrors).toBe(0);
  });
});
