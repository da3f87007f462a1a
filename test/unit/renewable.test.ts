import { expect, it } from 'vitest';
import { silentLog } from '../../src/log.js';
import { Renewable } from '../../src/renewable.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** A part that can begin once its port is free. */
function setUp() {
  const clock = new VirtualClock();
  const said: string[] = [];
  const say = (level: string) => (_fields: object, message: string) => void said.push(`${level} ${message}`);
  const log = { ...silentLog, info: say('info'), warn: say('warn') };
  const port = { taken: true };
  const events: string[] = [];
  let count = 0;
  const build = () => {
    const id = ++count;
    return {
      id,
      start: async () => {
        if (port.taken) throw new Error('EADDRINUSE');
        events.push(`start ${id}`);
      },
      stop: () => void events.push(`stop ${id}`),
    };
  };
  return { clock, said, port, events, part: new Renewable({ what: 'opening the metrics', build, clock, log }) };
}

it('what can not begin is tried again every 30 s, told about once, and told when it has begun', async () => {
  const { clock, said, port, events, part } = setUp();
  await part.start();
  await clock.advance(100_000);
  expect(said).toEqual(['warn opening the metrics failed']);
  port.taken = false;
  await clock.advance(19_000);
  expect(events).toEqual([]);
  await clock.advance(1_000);
  expect(events).toEqual(['start 1']);
  expect(said[1]).toMatch(/^info opening the metrics works again after 2 min 0 s, 4 failures$/);
  await clock.advance(100_000);
  expect(events).toEqual(['start 1']);
  expect(clock.timers).toBe(0);
});

it('what can not begin is tried no more when it is stopped, or another takes its place', async () => {
  const { clock, port, events, part } = setUp();
  await part.start();
  await part.renew();
  port.taken = false;
  await clock.advance(60_000);
  expect(events).toEqual(['stop 1', 'start 2']);
  port.taken = true;
  await part.renew();
  await part.stop();
  port.taken = false;
  await clock.advance(60_000);
  expect(events).toEqual(['stop 1', 'start 2', 'stop 2', 'stop 3']);
  expect(clock.timers).toBe(0);
});
