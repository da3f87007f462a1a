import { percentile } from '../statistics.mjs';
import { sleep, stamp } from '../wait.mjs';

/**
 * Row A: from the line to the phone where nothing may wait: in turn a change after a quiet spell (longer than the pace of
 * 20 frames a second) and an event. About 28 lines a second, below the 40 frames that relays allow.
 */
export async function latency(stage, ms) {
  const took = [];
  stage.onSaid = ({ values, event }, now) => {
    if (event !== undefined) took.push((now - event) / 1e6);
    for (const [, , value] of values) if (value !== null) took.push((now - value) / 1e6);
  };
  const end = performance.now() + ms;
  let sent = 0;
  for (; performance.now() < end; sent++) {
    if (sent % 2 === 0) stage.reading(sent / 2);
    else stage.board.say(`{"button":"at${stamp()}"}`);
    await sleep(32 + 6 * Math.random());
  }
  await sleep(200);
  if (took.length !== sent) throw new Error(`${stage.dialect.name}: ${took.length} of ${sent} lines arrived`);
  return { p50: percentile(took, 0.5), p99: percentile(took, 0.99) };
}
