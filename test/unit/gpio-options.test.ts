import { describe, expect, it } from 'vitest';
import { drivers } from '../../devices/index.js';
import { parseConfig } from '../../src/config/load.js';

/** All problems of a config with these points, as `path: message; hint`. */
function problems(points: object, more: object = {}): string[] {
  const text = JSON.stringify({ devices: { pins: { driver: 'gpio', points } }, ...more });
  try {
    parseConfig({ path: 'c', text, shared: false }, { drivers, env: {}, homeDir: '/home/pi', hostname: 'pi' });
    return [];
  } catch (error) {
    const told = error as { problems: { path: string; message: string; hint?: string }[] };
    return told.problems.map(({ path, message, hint }) => `${path}: ${message}${hint ? `; ${hint}` : ''}`);
  }
}

describe('the options of pins', () => {
  it('take what the manual shows', () => {
    expect(
      problems({
        door: { pin: 4, direction: 'in', activeLow: true, debounce: '20ms' },
        lamp: { pin: 17, direction: 'out', initial: false, safe: false },
        fan: { pin: 18, direction: 'out', role: 'actuator', pwm: { frequency: '25kHz' } },
      }),
    ).toEqual([]);
  });

  it.each([
    [{ pin: 4, direction: 'in', safe: false }, /`safe`/],
    [{ pin: 4, direction: 'out', debounce: '20ms' }, /an output that is on or off has no `debounce`/],
    [{ pin: 4, direction: 'in', scale: 2 }, /an input has no `scale`/],
    [{ pin: 4, direction: 'in', role: 'actuator' }, /`direction: in` is not for `role: actuator`/],
    [{ pin: 4, direction: 'out', role: 'event' }, /`direction: out` is not for `role: event`/],
    [{ direction: 'in' }, /the pin is missing; for example `pin: 17`/],
    [{ pin: 4, direction: 'in', measure: 'encoder' }, /two pins; write `pins: \[5, 6\]`/],
    [{ pins: [5, 5], direction: 'in', measure: 'encoder' }, /the same pin twice/],
    [{ pin: 4, direction: 'out', initial: 50 }, /`?must be a boolean/],
    [{ pin: 18, direction: 'out', pwm: {}, safe: true }, /must be a number/],
    [{ pin: 18, direction: 'out', pwm: { frequency: 1000 } }, /a rate needs a unit; add a unit, for example `1000Hz`/],
    [{ pin: 18, direction: 'out', pwm: { frequency: '3MHz' } }, /not a rate; write it as `50Hz` or `25kHz`/],
    [{ pin: 18, direction: 'out', pwm: {}, max: 120 }, /at most 100/],
    [{ pin: 18, direction: 'out', pwm: {}, min: 20, safe: 10 }, /outside `min` and `max`|at least `min`/],
    [{ pin: 4, direction: 'out', lease: '3s', onExit: 'hold' }, /exclude each other/],
    [{ pin: 4, direction: 'out', lease: '3s', initial: true }, /with a `lease` it begins at its safe value/],
    [{ pin: -1, direction: 'in' }, /pin/],
    [{ pin: 4, direction: 'in', bounce: '20ms' }, /bounce/],
  ])('%j is refused', (point, complaint) => {
    expect(problems({ it: point }).join('\n')).toMatch(complaint);
  });

  it('refuse one pin for two points', () => {
    const points = { a: { pin: 4, direction: 'in' }, b: { pins: [5, 4], direction: 'in', measure: 'encoder' } };
    expect(problems(points).join()).toMatch(
      /devices\.pins\.points\.b\.pins: `a` has pin 4 already; one pin has one point/,
    );
  });

  it('make outputs that can be interlocked, and inputs that can’t', () => {
    const points = {
      up: { pin: 4, direction: 'out' },
      down: { pin: 5, direction: 'out' },
      end: { pin: 6, direction: 'in' },
    };
    expect(problems(points, { safety: { interlocks: [['pins.up', 'pins.down']] } })).toEqual([]);
    expect(problems(points, { safety: { interlocks: [['pins.up', 'pins.end']] } }).join()).toMatch(
      /`pins.end` is no output/,
    );
  });
});
