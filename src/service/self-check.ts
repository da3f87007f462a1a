import { askControl } from '../control/client.js';
import { BridgeError } from '../error.js';
import { isObject } from '../mesh/frame.js';

/** Longest wait for the answer; whoever asks for the check may be less patient. */
const ANSWER_MS = 30_000;

/**
 * Asks the bridge in this very process how it is, over its own socket, so that the answer proves more than a running timer:
 * the event loop hears and speaks, and every device is still looked after. Resolves with a status line; rejects `control/…`,
 * or `service/self-check` where a device is looked after by nobody.
 */
export async function selfCheck(controlPath: string): Promise<string> {
  const answer = await askControl(controlPath, { op: 'status' }, ANSWER_MS);
  // Too many others asking is an answer too.
  if (answer['code'] === 'busy') return 'running';
  const devices = Object.entries(isObject(answer['devices']) ? answer['devices'] : {});
  const forgotten = devices.filter(([, device]) => isObject(device) && device['state'] === 'stopped').map(([id]) => id);
  if (!answer.ok || forgotten.length > 0) {
    const what = forgotten.length > 0 ? `nobody looks after ${forgotten.join(', ')}` : String(answer['message']);
    throw new BridgeError('service/self-check', what);
  }
  const online = devices.filter(([, device]) => isObject(device) && device['health'] === 'online').length;
  const relay = answer['relay'] === 'joined' ? 'relay joined' : 'no relay';
  return `${online} of ${devices.length} devices online, ${relay}`;
}
