// Looks for inputs that lead a parser where none led it before.

/** How often counts as as often: more often than that is something new. */
const OFTEN = Uint8Array.from({ length: 256 }, (_, n) =>
  n < 4 ? (1 << n) >> 1 : 1 << Math.min(7, 31 - Math.clz32(n) + 1),
);
/** What is led into depth need not be long, and bends better where it is short. */
const LONGEST = 4 * 1024;
const TRIES_TO_SHORTEN = 64;
/** The newest inputs, which lead on better than the older ones. */
const NEWEST = 8;

/** Inputs that went where none went before, and what comes of bending these on. The same `random` finds the same. */
export class Search {
  runs = 0;
  /** What threw, or took longer than `most` ms with all the counting: to be tried without. */
  suspects = [];
  #corpus = [];
  #seen;
  #longest;

  /** `target` is one whose branches count in `hits`; `bend` makes another input of some. */
  constructor(target, hits, bend, random, most) {
    Object.assign(this, { target, hits, bend, random, most });
    this.#seen = new Uint8Array(hits.length);
    this.#longest = Math.min(target.longest, Math.max(LONGEST, ...target.seeds.map(({ length }) => length)));
  }

  /** Takes inputs that are known already. */
  begin(inputs) {
    for (const input of inputs) if (this.#run(input).length > 0) this.#corpus.push(input);
  }

  /** Goes on for so long, in ms. */
  go(ms) {
    const end = performance.now() + ms;
    do {
      const from = this.random() < 0.5 ? this.#corpus.slice(-NEWEST) : this.#corpus;
      const input = this.bend(from, this.random, this.#longest);
      const fresh = this.#run(input);
      if (fresh.length > 0) this.#corpus.push(this.#shortened(input, fresh));
    } while (performance.now() < end);
  }

  /** Branches that were taken. */
  get places() {
    return this.#seen.reduce((sum, seen) => sum + (seen > 0), 0);
  }

  get inputs() {
    return this.#corpus.length;
  }

  /** The shortest inputs that take each of these branches once. */
  kept() {
    this.#seen.fill(0);
    const places = (input) => this.#run(input).some(({ first }) => first);
    return this.#corpus.toSorted((a, b) => a.length - b.length).filter(places);
  }

  /** Gives the target an input; returns where it went, or how often it was there, as none before. */
  #run(input) {
    this.#try(input);
    const fresh = [];
    const seen = this.#seen;
    const four = new Uint32Array(this.hits.buffer);
    for (let i = 0; i < four.length; i++) {
      if (four[i] === 0) continue;
      for (let at = 4 * i; at < 4 * i + 4; at++) {
        const often = OFTEN[this.hits[at]];
        if ((often & ~seen[at]) === 0) continue;
        fresh.push({ at, often, first: seen[at] === 0 });
        seen[at] |= often;
      }
    }
    return fresh;
  }

  #try(input) {
    this.hits.fill(0);
    this.runs++;
    const began = performance.now();
    try {
      this.target.run(input);
    } catch {
      this.suspects.push(input);
    }
    if (performance.now() - began > this.most) this.suspects.push(input);
  }

  #shortened(input, fresh) {
    const leadsThere = (text) => {
      this.#try(text);
      return fresh.every(({ at, often }) => OFTEN[this.hits[at]] === often);
    };
    let tries = 0;
    let short = input;
    for (let size = short.length >> 1; size > 0; size >>= 1) {
      for (let at = 0; at < short.length; ) {
        if (++tries > TRIES_TO_SHORTEN) return short;
        const shorter = short.slice(0, at) + short.slice(at + size);
        if (leadsThere(shorter)) short = shorter;
        else at += size;
      }
    }
    return short;
  }
}
