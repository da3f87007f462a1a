import { describe, expect, it } from 'vitest';
import { plausible, readSlaveFile, readTemperatureFile } from '../../devices/w1/measurement.js';

const file = (bytes: string, verdict: string, thousandths: number | string) =>
  `${bytes} : crc=${bytes.slice(-2)} ${verdict}\n${bytes} t=${thousandths}\n`;
const ROOM = '72 01 4b 46 7f ff 0e 10 57';
const POWER_ON = '50 05 4b 46 7f ff 0c 10 1c';

describe('w1_slave', () => {
  it.each([
    [file(ROOM, 'YES', 23125), 23.125],
    [file('5e ff 4b 46 7f ff 02 10 bd', 'YES', -10125), -10.125],
    [file('d0 07 4b 46 7f ff 10 10 41', 'YES', 125000), 125],
    [file('90 fc 4b 46 7f ff 10 10 9c', 'YES', -55000), -55],
  ])('is understood', (text, celsius) => {
    expect(readSlaveFile(text)).toMatchObject({ celsius });
  });

  it.each([
    ['a wrong checksum', file(ROOM, 'NO', 23125), 'garbled'],
    ['a short circuit, whose checksum is right', file('00 00 00 00 00 00 00 00 00', 'YES', 0), 'zeros'],
    ['-127', file(ROOM, 'YES', -127000), 'nothing that it can measure'],
    ['125.0625', file(ROOM, 'YES', 125063), 'nothing that it can measure'],
    ['half a file', file(ROOM, 'YES', 23125).slice(0, 40), 'no measurement'],
    ['nothing', '', 'no measurement'],
    ['no number', file(ROOM, 'YES', 'warm'), 'no measurement'],
  ])('is not believed with %s', (_what, text, trouble) => {
    expect(readSlaveFile(text)).toMatchObject({ trouble: expect.stringContaining(trouble) });
  });
});

describe('temperature', () => {
  it.each([
    ['23125\n', { celsius: 23.125, proven: false }],
    ['-62', { celsius: -0.062, proven: false }],
    ['-127000\n', { trouble: '-127 °C is nothing that it can measure' }],
    ['\n', { trouble: expect.stringContaining('no measurement') }],
    ['23 125\n', { trouble: expect.stringContaining('no measurement') }],
  ])('%j is understood or refused', (text, measured) => {
    expect(readTemperatureFile(text)).toEqual(measured);
  });
});

describe('85 °C', () => {
  const powerOn = readSlaveFile(file(POWER_ON, 'YES', 85000));
  const measured = readSlaveFile(file('50 05 4b 46 7f ff 10 10 a4', 'YES', 85000));
  const unproven = readTemperatureFile('85000\n');

  it.each([
    ['after power-on, with nothing before', powerOn, undefined, false],
    ['after power-on, in a cellar', powerOn, 12.5, false],
    ['without proof, with nothing before', unproven, undefined, false],
    ['without proof, far from the value before', unproven, 79.9, false],
    ['without proof, near the value before', unproven, 80, true],
    ['with the sensor’s proof', measured, undefined, true],
  ])('%s', (_what, measurement, before, believed) => {
    expect('celsius' in plausible(measurement, before)).toBe(believed);
  });

  it('is the only value that is doubted', () => {
    expect(plausible(readTemperatureFile('84937\n'), undefined)).toMatchObject({ celsius: 84.937 });
  });
});
