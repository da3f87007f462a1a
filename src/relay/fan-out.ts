import type { Clock } from '../clock.js';
import { encode } from './outbound.js';
import type { Peer } from './peer.js';

/** Sends one message to many peers, encoded once; `done` runs when every socket took it, or after `waitMs` for the sake of the quick ones. */
export function fanOut(
  peers: readonly Peer[],
  type: string,
  payload: unknown,
  clock: Clock,
  waitMs: number,
  done: () => void,
): void {
  const message = encode(type, payload);
  const timer = clock.after(waitMs, finish);
  let left = peers.length;
  let finished = false;
  if (left === 0) finish();
  for (const peer of peers) {
    peer.send(message, () => {
      left -= 1;
      if (left === 0) finish();
    });
  }

  function finish(): void {
    if (finished) return;
    finished = true;
    timer.cancel();
    done();
  }
}
