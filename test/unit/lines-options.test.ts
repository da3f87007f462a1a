import { describe, expect, it } from 'vitest';
import { drivers } from '../../devices/index.js';
import { linePoints } from '../../devices/lines/line-point.js';
import { linesOptions } from '../../devices/lines/options.js';

const port = '/dev/ttyUSB0';
const pump = { role: 'actuator', type: 'boolean', write: 'PUMP {value:on|off}' };

const problems = (config: object) =>
  linesOptions
    .safeParse({ port, ...config })
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('options of lines', () => {
  it('is registered', () => expect(drivers.get('lines')?.options).toBe(linesOptions));

  it('has the documented defaults', () => {
    expect(linesOptions.parse({ port })).toEqual({ port, baud: 115_200, format: 'auto', newline: 'lf', boot: 2000 });
  });

  it('takes the documented example', () => {
    const options = linesOptions.parse({
      port,
      baud: 9600,
      points: {
        temp: { from: 'Temp C', unit: '°C', min: -40, max: 85 },
        pump: { ...pump, safe: false, confirm: 'reading', within: '1500ms' },
      },
    });
    const specs = [...(linePoints(options)?.values() ?? [])].map(({ spec }) => spec);
    expect(specs).toEqual([
      { id: 'temp', role: 'sensor', type: 'number', unit: '°C', min: -40, max: 85 },
      { id: 'pump', role: 'actuator', type: 'boolean', safe: false, within: 1500 },
    ]);
  });

  it.each([
    [{ type: 'boolean', write: '{value}' }, false],
    [{ type: 'number', write: '{value}' }, 0],
    [{ type: 'number', write: '{value}', min: 5, max: 9 }, 5],
    [{ type: 'number', write: '{value}', min: -9, max: -5 }, -5],
    [{ type: 'enum', options: ['a', 'b'], write: '{value}' }, undefined],
    [{ type: 'string', write: '{value}' }, undefined],
    [{ type: 'boolean', write: '{value}', safe: 'hold' }, undefined],
    [{ type: 'boolean', write: '{value}', safe: true }, true],
  ])('%j is safe at %s', (point, safe) => {
    const options = linesOptions.parse({ port, points: { x: { role: 'actuator', ...point } } });
    expect(linePoints(options)?.get('x')?.spec.safe).toBe(safe);
  });

  it.each([
    [{ speed: 3 }, [': Unrecognized key: "speed"']],
    [
      { format: 'xml' },
      ['format: expected `auto`, `json`, `keyvalue`, `plotter`, `{csv: [names]}` or `{regex: pattern}`'],
    ],
    [{ format: { csv: ['a', 'a'] } }, ['format.csv: the same name twice']],
    [{ format: { regex: 'T=(' } }, [expect.stringMatching(/^format\.regex: Invalid regular expression/)]],
    [{ format: { regex: 'T=(.*)' } }, ['format.regex: the pattern names no value']],
    [{ format: { regex: '(?<t>a)(?=b)' } }, ['format.regex: `(?=b)` is not supported here']],
    [{ format: { csv: ['t'] }, points: { hum: {} } }, ['points.hum: the format has no value called `hum`']],
    [
      { points: { a: {}, b: { from: 'a', role: 'actuator', type: 'number', write: 'B {value}' } } },
      ['points.b: `a` and `b` both read `a`'],
    ],
    [
      { points: { b: { role: 'actuator', type: 'number', write: 'B {value}' }, a: { from: 'b' } } },
      ['points.a: `b` and `a` both read `b`'],
    ],
    [{ points: { a: { role: 'event' }, b: { from: 'a' } } }, ['points.b: `a` and `b` both read `a`']],
    [{ points: { a: { filters: [{ medain: 5 }] } } }, ['points.a.filters.0: Unrecognized key: "medain"']],
    [{ points: { a: { filters: [{ median: 5, delta: 1 }] } } }, ['points.a.filters.0: several filters in one entry']],
    [{ points: { a: { filters: [{ delta: '5' }] } } }, ['points.a.filters.0.delta: expected a number or a percentage']],
    [{ points: { Temp: {} } }, ['points.Temp: not a valid id']],
    [{ points: { a: { write: 'X{value}' } } }, ['points.a.write: only an actuator has `write`']],
    [{ points: { a: { safe: 1 } } }, ['points.a.safe: only an actuator has `safe`']],
    [
      { points: { a: { role: 'actuator' } } },
      ['points.a.write: an actuator needs the line that switches it', 'points.a.type: an actuator needs a type'],
    ],
    [{ points: { a: { min: 5, max: 5 } } }, ['points.a.min: `min` must be below `max`']],
    [{ points: { a: { type: 'enum' } } }, ['points.a.options: an enum needs its words']],
    [{ points: { a: { type: 'boolean', step: 1 } } }, ['points.a.step: a boolean has no step']],
    [{ points: { a: { ...pump, safe: 'no' } } }, ['points.a.safe: `no` is not a value of this boolean']],
    [
      { points: { a: { role: 'actuator', type: 'number', write: '{value}', max: 5, safe: 6 } } },
      ['points.a.safe: outside `min` and `max`'],
    ],
    [
      { points: { a: { ...pump, write: 'PUMP' } } },
      ['points.a.write: the write template does not say where the value goes'],
    ],
    [{ points: { a: { ...pump, write: 'A\n{value}' } } }, ['points.a.write: control characters can not be written']],
    [
      { points: { a: { ...pump, confirm: 'yes' } } },
      ['points.a.confirm: expected `reading`, `assume` or `{reply: pattern}`'],
    ],
    [{ points: { a: { ...pump, within: 1500 } } }, ['points.a.within: a duration needs a unit']],
    [{ points: { a: { role: 'event', type: 'string' } } }, ['points.a.type: an event has no value and so no type']],
  ])('%j is refused', (config, messages) => expect(problems(config)).toEqual(messages));
});
