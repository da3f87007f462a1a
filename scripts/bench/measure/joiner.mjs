import { percentile } from '../statistics.mjs';
import { sleep, stamp, until } from '../wait.mjs';

/** The options of a stage with 200 channels. */
export const joinerStage = { devices: 10, channels: 20 };

/** Row K: from a late phone's request to the full state of all channels. */
export async function joiner(stage, times) {
  for (const [device] of stage.devices.entries()) {
    for (let n = 0; n < 20; n++) stage.reading(n, device);
  }
  await sleep(1_200);
  const took = [];
  const parts = [];
  for (let n = 0; n < times; n++) {
    const phone = await stage.phone(`late${n}`);
    let done = 0;
    let frames = 0;
    let values = 0;
    const from = stamp();
    phone.onBroadcast = (payload, at) => {
      if (payload.msg_type !== 'b.state' || payload._full !== true || done > 0) return;
      frames++;
      values += stage.dialect.read(payload).values.filter(([, , value]) => value !== null).length;
      if (values >= 200) done = at;
    };
    phone.broadcast({ msg_type: 'control_sync_request', from: phone.name });
    await until(() => done > 0, `the full state; ${values} values in ${frames} frames came`, 5_000);
    took.push((done - from) / 1e6);
    parts.push(frames);
    await sleep(1_100);
  }
  return { worst: Math.max(...took), p50: percentile(took, 0.5), frames: Math.max(...parts) };
}
