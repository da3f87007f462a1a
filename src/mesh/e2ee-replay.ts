/** How far behind the newest frame of a sender an older one may come, in frames. */
const WINDOW = 64;

/** Remembers which counters of one salt were seen: everything older than the last 64 counts as seen. */
export class ReplayWindow {
  private highest = -1;
  private readonly slots = new Float64Array(WINDOW).fill(-1);

  /** True when `counter` was not seen before and is not too old; changes nothing. */
  isNew(counter: number): boolean {
    return counter > this.highest - WINDOW && this.slots[counter % WINDOW] !== counter;
  }

  add(counter: number): void {
    this.slots[counter % WINDOW] = counter;
    this.highest = Math.max(this.highest, counter);
  }
}
