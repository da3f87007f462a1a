import { percentile } from '../statistics.mjs';
import { sleep, stamp } from '../wait.mjs';

/**
 * Row A: from the line to the phone where nothing may wait: in turn a change after a quiet spell (longer than the pace of
 * 20 frames a second) and an event. About 28 lines a second, below the 40 frames that relays allow. A value that is said
 * again, as in a keyframe, counts once.
 */
export async function latency(stage, ms) {
  const took = [];
  const pending = new Set();
  const shown = (at, now) => {
    if (pending.delete(at)) took.push((now - at) / 1e6);
  };
  stage.onSaid = ({ values, event }, now) => {
    if (event !== undefined) shown(event, now);
    for (const [, , value] of values) shown(value, now);
  };
  const end = performance.now() + ms;
  for (let sent = 0; performance.now() < end; sent++) {
    if (sent % 2 === 0) pending.add(stage.reading(sent / 2).at);
    else {
      const at = stamp();
      pending.add(at);
      stage.board.say(`{"button":"at${at}"}`);
    }
    await sleep(32 + 6 * Math.random());
  }
  await sleep(200);
  if (pending.size > 0) throw new Error(`${stage.dialect.name}: ${pending.size} lines did not arrive`);
  return { p50: percentile(took, 0.5), p99: percentile(took, 0.99) };
}
