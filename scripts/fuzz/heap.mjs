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
  #rounds = [];

  /** A round is over. */
  round() {
    this.#began ??= heldNow();
    this.#rounds.push(process.memoryUsage.rss());
  }

  /** Says it; returns what it grew by where that is too much. */
  grown(what) {
    const { rss, heap } = heldNow();
    const more = { rss: mib(rss - this.#began.rss), heap: mib(heap - this.#began.heap) };
    console.log(`${what}; RSS ${mib(rss)} MiB, ${more.rss} more than after round one, heap ${more.heap} more`);
    console.log(`RSS while it ran, the median of each quarter: ${this.#quarters().map(mib).join(', ')} MiB`);
    return more.heap > GROWTH ? [`the heap grew by ${more.heap} MiB`] : [];
  }

  #quarters() {
    const quarter = Math.ceil(this.#rounds.length / 4);
    return [0, 1, 2, 3].flatMap((n) => {
      const some = this.#rounds.slice(n * quarter, (n + 1) * quarter).sort((a, b) => a - b);
      return some.length > 0 ? [some[Math.floor(some.length / 2)]] : [];
    });
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
