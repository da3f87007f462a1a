import { describe, expect, it } from 'vitest';
import { BrownOut } from '../../src/device/brown-out.js';
import { newCounters } from '../../src/device/counters.js';
import { silentLog } from '../../src/log.js';
import { readSupply, type Supply } from '../../src/port/supply.js';
import { madeUp } from '../support/made-up-machine.js';
import { VirtualClock } from '../support/virtual-clock.js';

const THROTTLED = '/sys/devices/platform/soc/soc:firmware/get_throttled';
const SENSOR = {
  '/sys/class/hwmon/hwmon0/name': 'cpu_thermal\n',
  '/sys/class/hwmon/hwmon0/in0_lcrit_alarm': '1\n',
  '/sys/class/hwmon/hwmon2/name': 'rpi_volt\n',
};

it.each<[Supply | undefined, Record<string, string>]>([
  ['low', { ...SENSOR, '/sys/class/hwmon/hwmon2/in0_lcrit_alarm': '1\n' }],
  ['good', { ...SENSOR, '/sys/class/hwmon/hwmon2/in0_lcrit_alarm': '0\n' }],
  ['low', { [THROTTLED]: '50005\n' }],
  ['was low', { [THROTTLED]: '50000\n' }],
  ['was low', { ...SENSOR, '/sys/class/hwmon/hwmon2/in0_lcrit_alarm': '0\n', [THROTTLED]: '10000\n' }],
  ['good', { [THROTTLED]: '80000\n' }],
  [undefined, SENSOR],
  [undefined, {}],
])('the supply is %s for a kernel that says %j', async (supply, tree) => {
  expect(await readSupply(`${madeUp(tree).root}/sys`)).toBe(supply);
});

describe('a device that dropped out', () => {
  function setUp(supply: () => Promise<Supply | undefined>) {
    const clock = new VirtualClock();
    const warnings: string[] = [];
    const log = { ...silentLog, warn: (_: object, message: string) => void warnings.push(message) };
    const counters = newCounters();
    return { clock, warnings, counters, brownOut: new BrownOut({ supply, counters, clock, log }) };
  }

  it.each<[Supply, RegExp]>([
    ['low', /too low now, which makes USB devices drop out$/],
    ['was low', /too low while the device was connected/],
  ])('while the supply %s blames it, until it is back', async (supply, said) => {
    let now: Supply = 'good';
    const { brownOut, warnings, counters } = setUp(async () => now);
    await brownOut.over();
    now = supply;
    await brownOut.dropped();
    expect(warnings).toEqual([expect.stringMatching(said)]);
    expect(brownOut.reason).toMatch(said);
    expect(counters.brownOuts).toBe(1);
    await brownOut.over();
    expect(brownOut.reason).toBeUndefined();
  });

  it('blames no supply that was low before the device came, which the kernel never forgets', async () => {
    const { brownOut, warnings, counters } = setUp(async () => 'was low');
    await brownOut.dropped();
    for (let n = 0; n < 3; n++) {
      await brownOut.over();
      await brownOut.dropped();
    }
    expect(warnings).toEqual([]);
    expect(counters.brownOuts).toBe(0);
  });

  it.each<Supply | undefined>(['good', undefined])('blames no supply that is %s', async (supply) => {
    const { brownOut, warnings } = setUp(async () => supply);
    await brownOut.dropped();
    expect(warnings).toEqual([]);
    expect(brownOut.reason).toBeUndefined();
  });

  it('is back before the kernel has answered', async () => {
    let answer: (supply: Supply) => void = () => {};
    const { brownOut, warnings } = setUp(() => new Promise((resolve) => (answer = resolve)));
    const asking = brownOut.dropped();
    const answerDropped = answer;
    const back = brownOut.over();
    answerDropped('low');
    answer('low');
    await Promise.all([asking, back]);
    expect(warnings).toEqual([]);
    expect(brownOut.reason).toBeUndefined();
  });

  it('waits for no kernel that does not answer', async () => {
    const { clock, brownOut } = setUp(() => new Promise(() => {}));
    const asking = brownOut.dropped();
    await clock.advance(5_000);
    await asking;
    expect(clock.timers).toBe(0);
  });
});
