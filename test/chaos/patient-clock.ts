import { StateFile } from '../../src/state/state-file.js';
import { settle, VirtualClock } from '../support/virtual-clock.js';

/** Files that are being written, which takes another time on each machine and at each try. */
let writing = 0;
const { write, writeOrRemove } = StateFile.prototype;
StateFile.prototype.write = function (this: StateFile<object>, value: object) {
  return waitedFor(write.call(this, value));
};
StateFile.prototype.writeOrRemove = function (this: StateFile<object>, value: object) {
  return waitedFor(writeOrRemove.call(this, value));
};

function waitedFor<T>(work: Promise<T>): Promise<T> {
  writing++;
  void work.finally(() => writing--);
  return work;
}

/** Virtual time that stands still while the real machine is at work, which has no part in it: so a seed replays exactly. */
export class PatientClock extends VirtualClock {
  private works = 0;

  /** Time stands still until this is done. */
  during(work: Promise<unknown>): void {
    const over = () => void this.works--;
    this.works++;
    work.then(over, over);
  }

  protected override async settled(): Promise<void> {
    await settle();
    while (this.works > 0 || writing > 0) await settle();
  }
}
