import { percentile } from '../statistics.mjs';
import { sleep, stamp, within } from '../wait.mjs';

/** About 15 taps a second, from two phones in turn: one may give ten. */
export const TWO_PHONES_MS = 66;
/** In a room with a key a phone has the name that it sealed with, so these are all from one. */
export const ONE_PHONE_MS = 110;

/** Row B: from the tap to the answer that holds what the board said, with so many milliseconds between two. */
export async function echo(stage, ms, gap = TWO_PHONES_MS) {
  const took = [];
  const phone = stage.phones[0];
  const end = performance.now() + ms;
  for (let value = 1; performance.now() < end; value++) {
    const answer = new Promise((resolve) => {
      stage.onSaid = ({ answers }, now) => {
        if (answers === 'refused') resolve(Number.NaN);
        else if (answers === value) resolve(now);
      };
    });
    const from = stamp();
    phone.broadcast(stage.dialect.tap(value));
    const at = await within(5_000, answer, `the answer to command ${value}`);
    if (Number.isNaN(at)) throw new Error('a command was refused');
    took.push((at - from) / 1e6);
    await sleep(gap);
  }
  return { p50: percentile(took, 0.5), p99: percentile(took, 0.99) };
}
