import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What the heap may grow by after the first round, in MiB: caches fill, nothing else. */
const GROWTH = 64;
const MIB = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

/** What is held, garbage apart, from the end of the first round on. */
export class Heap {
  #began;

  begin() {
    this.#began ??= heldNow();
  }

  /** Says it; returns what it grew by where that is too much. */
  grown(what) {
    const { rss, heap } = heldNow();
    const more = { rss: mib(rss - this.#began.rss), heap: mib(heap - this.#began.heap) };
    console.log(`${what}; RSS ${mib(rss)} MiB, ${more.rss} more than after round one, heap ${more.heap} more`);
    return more.heap > GROWTH ? [`the heap grew by ${more.heap} MiB`] : [];
  }
}

function heldNow() {
  collect();
  collect();
  const { rss, heapUsed } = process.memoryUsage();
  return { rss, heap: heapUsed };
}

function mib(bytes) {
  return Math.round(bytes / MIB);
}
