import { BridgeError } from '../error.js';
import { type Dial, overNetwork } from './client-socket.js';

/** Reaches a relay inside this process while it `listens`: whoever has its port at other times is somebody else. */
export function dialOwn(listens: () => boolean, dial: Dial = overNetwork): Dial {
  return (url, options) => {
    if (!listens()) throw new BridgeError('mesh/unreachable', 'our own relay does not listen now');
    const wire = dial(url, options);
    // Before a word is said: it may have been closed on the way. It never listens again, so what it had it has still.
    wire.once('open', () => {
      if (!listens()) wire.terminate();
    });
    return wire;
  };
}
