import { randomUUID } from 'node:crypto';
import { percentile } from '../statistics.mjs';
import { sleep, stamp, within } from '../wait.mjs';

/** Row X: from an emergency stop at a phone to the safe value at the board. */
export async function stop(stage, times) {
  const took = [];
  const [phone] = stage.phones;
  const said = (wanted) =>
    new Promise((resolve) => {
      stage.onSaid = ({ answers }) => answers === wanted && resolve();
    });
  const reset = () => phone.broadcast({ msg_type: 'b.estop_reset', _cmd: randomUUID(), _from: 'p0' });
  for (let n = 1; n <= times; n++) {
    const on = said(n);
    phone.broadcast(stage.dialect.tap(n));
    await within(5_000, on, 'the output to be on');
    const safe = new Promise((resolve) => {
      stage.board.onCommand = (value, at) => value === '0' && resolve(at);
    });
    const from = stamp();
    phone.broadcast({ msg_type: 'b.estop', _cmd: randomUUID(), _from: 'p0' });
    took.push(((await within(5_000, safe, 'the safe value at the board')) - from) / 1e6);
    // A stop within a second of another one is the same.
    await sleep(1_050);
    reset();
    await sleep(150);
  }
  return percentile(took, 0.99);
}
