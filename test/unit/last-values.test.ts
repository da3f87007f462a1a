import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/log.js';
import { type LastRecord, LastValues } from '../../src/state/last-values.js';
import { StateFile } from '../../src/state/state-file.js';
import { Store } from '../../src/state/store.js';
import { eventually } from '../support/eventually.js';
import { VirtualClock } from '../support/virtual-clock.js';

const BEGUN = Date.UTC(2026, 5, 1);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carter-last-'));
});
afterEach(() => rmSync(folder, { recursive: true }));
const path = () => join(folder, 'values.json');

/** A bridge that starts so many milliseconds after the first one, and has met its device before it says anything. */
function start(after = 0) {
  const clock = new VirtualClock();
  clock.epoch = BEGUN + after;
  const store = new Store(clock);
  const file = new StateFile<LastRecord>(path(), silentLog);
  const last = new LastValues({ store, file, clock, intervalMs: 60_000 });
  store.describe('shed', [
    { id: 'temp', role: 'sensor', type: 'number' },
    { id: 'door', role: 'sensor', type: 'enum', options: ['open', 'shut'] },
    { id: 'bell', role: 'event', type: 'string' },
  ]);
  const says = (point: string, value: number | string | null) => store.report('shed', [{ point, value }]);
  return { clock, store, last, says };
}

describe('what was known last of a point', () => {
  it('is told while it is unknown, with the time until when it was known, and over a restart', async () => {
    const { clock, store, last, says } = start();
    says('temp', 21.5);
    says('door', 'open');
    await clock.advance(5_000);
    expect(last.of('shed')).toEqual({});
    says('temp', null);
    expect(last.of('shed')).toEqual({ temp: { value: 21.5, at: BEGUN + 5_000 } });
    await clock.advance(5_000);
    store.forget('shed');
    await last.close();

    const again = start(3_600_000);
    const expected = { temp: { value: 21.5, at: BEGUN + 5_000 }, door: { value: 'open', at: BEGUN + 10_000 } };
    expect(again.last.of('shed')).toEqual(expected);
    expect(again.store.point('shed', 'temp')).toMatchObject({ value: null, quality: 'unknown' });
    again.says('temp', 19);
    expect(again.last.of('shed')).toEqual({ door: expected.door });
    expect(again.last.of('garage')).toEqual({});
    await again.last.close();
  });

  it('is that of the last write where the bridge was killed', async () => {
    const { clock, says } = start();
    const written = () => existsSync(path()) && JSON.parse(readFileSync(path(), 'utf8')).points['shed.temp'];
    says('temp', 21.5);
    await clock.advance(30_000);
    await eventually(written).toEqual({ value: 21.5, at: BEGUN });
    says('temp', 22);
    await clock.advance(29_999);
    expect(written()).toEqual({ value: 21.5, at: BEGUN });
    await clock.advance(1);
    await eventually(written).toEqual({ value: 22, at: BEGUN + 60_000 });
    expect(start(90_000).last.of('shed')).toEqual({ temp: { value: 22, at: BEGUN + 60_000 } });
  });

  it('is what happened last at an event point, and how often it had by then', async () => {
    const { clock, store, last } = start();
    store.event('shed', { point: 'bell', event: 'pressed', count: 12 });
    await clock.advance(1_000);
    expect(last.of('shed')).toEqual({ bell: { value: 'pressed', count: 12, at: BEGUN } });
    await last.close();
    expect(start(5_000).last.of('shed')).toEqual({ bell: { value: 'pressed', count: 12, at: BEGUN } });
  });

  it('has no time where the clock is not set', async () => {
    const { clock, last, says } = start();
    clock.epoch = undefined;
    says('temp', 20);
    says('temp', null);
    await last.close();
    expect(start().last.of('shed')).toEqual({ temp: { value: 20, at: null } });
  });

  it('is nothing of points that follow from others', () => {
    const { store, last } = start();
    store.describe('derived', [{ id: 'mould', role: 'sensor', type: 'boolean' }]);
    store.report('derived', [{ point: 'mould', value: true }]);
    store.forget('derived');
    expect(last.of('derived')).toEqual({});
  });

  it('is nothing after a file that holds something else', () => {
    writeFileSync(path(), '{"version": 1, "points": {"shed.temp": {"value": null, "at": null}}}');
    expect(start().last.of('shed')).toEqual({});
    expect(existsSync(`${path()}.broken`)).toBe(true);
  });

  it('is bounded', () => {
    const { store, last } = start();
    for (let n = 0; n < 1100; n += 1) {
      const device = `d${n}`;
      store.describe(device, [{ id: 'temp', role: 'sensor', type: 'number' }]);
      store.report(device, [{ point: 'temp', value: n }]);
      store.forget(device);
    }
    expect(last.of('d75')).toEqual({});
    expect(last.of('d76')).toEqual({ temp: { value: 76, at: BEGUN } });
  });
});
