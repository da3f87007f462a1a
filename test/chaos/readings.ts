import { parseArgs } from 'node:util';
import { Host } from './host.js';
import { LogEar } from './log-ear.js';
import { MemoryStage } from './memory-stage.js';
import { Phone } from './phone.js';
import { numberedSketch } from './specimen.js';

/** Readings that come together, and the milliseconds between two times. */
const TOGETHER = 100;
const EVERY_MS = 10;
/** Values in a line. */
const PER_LINE = 3;
const MILLION = 1_000_000;
const MB = 1024 * 1024;
/** The heap may grow by so much for each million readings. */
const MOST_MB = 1;

const { values } = parseArgs({ options: { millions: { type: 'string', default: '10' } } });
const millions = Number(values.millions);
if (!Number.isInteger(millions) || millions < 2 || !globalThis.gc) {
  console.error('usage: npm run chaos:readings -- [--millions N], N at least 2');
  process.exit(2);
}

const stage = new MemoryStage();
const { clock, relay, dial, url, token } = stage;
relay.begin();
const taps = { sent: () => {}, came: () => {}, dialled: () => {}, lost: () => {} };
const specimens = [numberedSketch(clock, 'tank', 0)];
const log = new LogEar(clock);
const host = new Host({ stage, specimens, seed: 1, sabotage: (parts) => parts, log, taps });
const jack = stage.jack('tank', { opened: () => {}, wrote: () => {} });
jack.appear(() => {});
await host.begin();
const phone = new Phone({ name: 'anna', dial, url, token, clock });
phone.start();

let line = 0;
const heaps: number[] = [];
const sizes: number[] = [];
for (let million = 1; million <= millions; million++) {
  while (line * PER_LINE < million * MILLION) {
    for (let n = 0; n < TOGETHER; n++) jack.send(`N=${++line} P=${line % 2} L=${line % 1_000};\n`);
    await clock.advance(EVERY_MS);
  }
  await clock.advance(1_000);
  globalThis.gc();
  const { heapUsed, rss } = process.memoryUsage();
  heaps.push(heapUsed / MB);
  sizes.push(rss / MB);
  console.log(`${million} M readings: heap ${(heapUsed / MB).toFixed(1)} MB, RSS ${(rss / MB).toFixed(0)} MB`);
}
const last = phone.values.get('tank.n');
await stage.finish(host.stop());
phone.stop();
const left = await stage.close();

const slope = slopeOf(heaps.slice(1));
console.log(
  `${millions} M readings: heap ${slope.toFixed(3)} MB per million, RSS ${slopeOf(sizes.slice(1)).toFixed(3)} MB per million; ` +
    `the phone's last value is ${last === line ? 'the last one' : `${String(last)}, not ${line}`}; ${left.length} things left over`,
);
process.exitCode = slope < MOST_MB && last === line && left.length === 0 ? 0 : 1;

/** Growth from one sample to the next, by least squares. */
function slopeOf(samples: readonly number[]): number {
  const middle = (samples.length - 1) / 2;
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  const above = samples.reduce((sum, sample, at) => sum + (at - middle) * (sample - mean), 0);
  const below = samples.reduce((sum, _, at) => sum + (at - middle) ** 2, 0);
  return below === 0 ? 0 : above / below;
}
