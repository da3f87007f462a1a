import { percentile } from '../statistics.mjs';
import { paced, sleep } from '../wait.mjs';

const PER_SECOND = 1000;

/**
 * Rows C, D, E: 1000 readings a second over 20 channels, a line each.
 * An age is counted for each reading: until the phone shows it or a newer one of its channel.
 */
export async function load(stage, ms) {
  const pending = new Map();
  const last = new Map();
  const ages = [];
  let shown = 0;
  stage.onSaid = ({ values }, now) => {
    for (const [device, channel, value] of values) {
      const key = `${device}.${channel}`;
      const stamps = pending.get(key) ?? [];
      while (stamps.length > 0 && stamps[0] <= value) ages.push((now - stamps.shift()) / 1e6);
      last.set(key, value);
      shown++;
    }
  };
  const frames = stage.frames;
  const cpu = await stage.cpu();
  const latest = new Map();
  const readings = await paced(PER_SECOND, ms, (count) => {
    const { key, at } = stage.reading(count);
    if (!pending.has(key)) pending.set(key, []);
    pending.get(key).push(at);
    latest.set(key, at);
  });
  await sleep(1000 / stage.maxHz + 50);
  const used = (await stage.cpu()) - cpu;
  const lost = [...latest].filter(([key, at]) => last.get(key) !== at).length;
  if (lost > 0) throw new Error(`${stage.dialect.name}: the last values of ${lost} channels did not arrive`);
  if (stage.dialect.name === 'floor' && shown < readings) throw new Error(`floor: ${readings - shown} lines lost`);
  return {
    cpuPerReading: used / readings,
    framesPerReading: (stage.frames - frames) / readings,
    age99: percentile(ages, 0.99),
  };
}
