import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../src/log.js';
import { History } from '../../src/state/history.js';
import { type HistoryRecord, KeptHistory } from '../../src/state/kept-history.js';
import { StateFile } from '../../src/state/state-file.js';
import { Store } from '../../src/state/store.js';
import { eventually } from '../support/eventually.js';
import { VirtualClock } from '../support/virtual-clock.js';

const BEGUN = 1_790_000_000_000;
const HOUR = 3_600_000;

let folder: string;
const running: KeptHistory[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carter-history-'));
});
afterEach(async () => {
  for (const kept of running.splice(0)) await kept.close();
  rmSync(folder, { recursive: true });
});
const path = () => join(folder, 'history.json');

/** A bridge that starts so many milliseconds of wall time after the first one; undefined: nobody knows when. */
function start(after: number | undefined) {
  const clock = new VirtualClock();
  clock.epoch = after === undefined ? undefined : BEGUN + after;
  const store = new Store(clock);
  const history = new History(store);
  const file = new StateFile<HistoryRecord>(path(), silentLog);
  const kept = new KeptHistory({ history, file, clock, sampleMs: 2_000, intervalMs: 60_000 });
  running.push(kept);
  const says = (degrees: number) => {
    store.describe('shed', [{ id: 'temp', role: 'sensor', type: 'number' }]);
    store.report('shed', [{ point: 'temp', value: degrees }]);
  };
  const sample = async (times: number) => {
    for (let n = 0; n < times; n += 1) {
      await clock.advance(2_000);
      history.sample();
      kept.sampled();
    }
  };
  return { clock, store, history, kept, says, sample, past: () => history.get('shed', 'temp') };
}

/** A bridge that took three samples of 20 °C and stopped. */
async function earlier(after: number | undefined = 0): Promise<void> {
  const { kept, says, sample } = start(after);
  says(20);
  await sample(3);
  await kept.close();
}

it('sparklines of which nothing new is known are not written again', async () => {
  const { kept, store, says, sample } = start(0);
  await sample(100);
  expect(existsSync(path())).toBe(false);
  says(20);
  await sample(2);
  await eventually(() => existsSync(path())).toBe(true);
  store.forget('shed');
  await sample(40);
  const written = () => JSON.parse(readFileSync(path(), 'utf8'));
  await eventually(written).toMatchObject({ samples: { shed: { temp: [20, 20] } } });
  const { ino } = statSync(path());
  await sample(100);
  await kept.close();
  expect(statSync(path()).ino).toBe(ino);
});

describe('sparklines over a restart', () => {
  it('go on', async () => {
    await earlier();
    const { says, sample, past } = start(10_000);
    says(25);
    await sample(2);
    expect(past()).toEqual([20, 20, 20, 25, 25]);
    await sample(117);
    expect(past()).toEqual([20, ...new Array(119).fill(25)]);
  });

  it('say nothing of a point before it has a value', async () => {
    await earlier();
    const { history, says, sample, past } = start(10_000);
    await sample(60);
    expect(history.snapshot()).toEqual({});
    says(25);
    await sample(1);
    expect(past()).toEqual([20, 20, 20, 25]);
  });

  it('begin anew where that takes longer than they show', async () => {
    await earlier();
    const { says, sample, past } = start(10_000);
    await sample(120);
    says(25);
    await sample(1);
    expect(past()).toEqual([25]);
  });

  it.each([
    ['was longer ago than they show', HOUR],
    ['was at nobody knows when', undefined],
    ['is to come', -HOUR],
  ])('begin anew where the last sample %s', async (_what, after) => {
    await earlier();
    const { says, sample, past } = start(after);
    says(25);
    await sample(1);
    expect(past()).toEqual([25]);
  });

  it.each([
    ['does not know its time', null, [20, 21]],
    ['holds something else', BEGUN, [20, 'warm']],
  ])('begin anew after a file that %s', async (_what, at, temp) => {
    writeFileSync(path(), JSON.stringify({ version: 1, at, samples: { shed: { temp } } }));
    const { says, sample, past } = start(0);
    says(25);
    await sample(1);
    expect(past()).toEqual([25]);
  });

  it('show no more than they do without one', async () => {
    const temp = new Array(200).fill(20);
    writeFileSync(path(), JSON.stringify({ version: 1, at: BEGUN, samples: { shed: { temp } } }));
    const { says, sample, past } = start(0);
    says(25);
    await sample(1);
    expect(past()).toEqual([...new Array(119).fill(20), 25]);
  });

  it('are written once a minute', async () => {
    const { clock, says, sample } = start(0);
    const written = () => existsSync(path()) && JSON.parse(readFileSync(path(), 'utf8')).samples.shed.temp.length;
    says(20);
    await sample(1);
    await clock.advance(0);
    await eventually(written).toBe(1);
    await sample(31);
    await eventually(written).toBe(30);
    await sample(30);
    await eventually(written).toBe(60);
  });
});
