import { Phone } from '../phone.mjs';
import { paced, sleep } from '../wait.mjs';

const LINES_PER_SECOND = 4000;
const FRAMES_PER_SECOND = 1000;

/** Before anything is measured: enough lines that the compiler has done its work, as in a program that runs for months. */
export async function warmUp(stage, ms) {
  await paced(LINES_PER_SECOND, ms, (count) => void stage.reading(count));
  await sleep(1_000);
}

/**
 * The same for the relay, on a channel of its own: it would else be warm for the floor, which sends a frame a line, and
 * cold for the bridge, which puts the same lines into a fiftieth of the frames.
 */
export async function warmRelay(url, ms) {
  const phones = await Promise.all(['a', 'b'].map((name) => Phone.join(url, name, 'warm')));
  await paced(FRAMES_PER_SECOND, ms, (count) => phones[0].broadcast({ msg_type: 'warm', count }));
  for (const phone of phones) phone.leave();
}
