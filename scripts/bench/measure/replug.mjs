import { percentile } from '../statistics.mjs';
import { sleep, stamp, until } from '../wait.mjs';

/** Row J: from the moment the port is back to the first value from it at the phone; the board prints 50 lines a second. */
export async function replug(stage, times) {
  const gaps = [];
  for (let n = 0; n < times; n++) {
    stage.onSaid = () => {};
    stage.board.pull();
    await sleep(700 + 600 * Math.random());
    let back = 0;
    let from = 0;
    stage.onSaid = ({ values }, now) => {
      if (values.some(([, , value]) => value > from) && from > 0) back ||= now;
    };
    stage.board.plug();
    from = stamp();
    const printing = setInterval(() => stage.reading(n), 20);
    try {
      await until(() => back > 0, 'a value after the replug', 20_000);
    } finally {
      clearInterval(printing);
    }
    gaps.push((back - from) / 1e6);
    await sleep(200);
  }
  return { p50: percentile(gaps, 0.5), p99: percentile(gaps, 0.99) };
}
