import { Phone } from './phone.mjs';
import { sleep } from './wait.mjs';

/** Keeps the phone's picture: the last value of each channel, by `device.channel`. */
export function remember(stage) {
  const picture = new Map();
  stage.onSaid = ({ values }) => {
    for (const [device, channel, value] of values) picture.set(`${device}.${channel}`, value);
  };
  return picture;
}

/** A second phone that comes, asks for everything, and is gone without a word, again and again; `stop` tells how often. */
export function joinAndLeave(stage, everyMs) {
  let stopped = false;
  const visiting = (async () => {
    let visits = 0;
    while (!stopped) {
      const phone = await Phone.join(stage.url, 'guest');
      phone.broadcast({ msg_type: 'control_sync_request', from: 'guest' });
      await sleep(everyMs / 2);
      phone.leave();
      visits++;
      await sleep(everyMs / 2);
    }
    return visits;
  })();
  const stop = () => {
    stopped = true;
    return visiting;
  };
  return { stop };
}

/** Takes a sample each `ms`. */
export function sampleEach(ms, take) {
  const samples = [];
  const timer = setInterval(() => samples.push(take()), ms);
  const stop = () => {
    clearInterval(timer);
    return samples;
  };
  return { stop };
}
