import { settle, VirtualClock } from '../support/virtual-clock.js';

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
    while (this.works > 0 || writesFiles()) await settle();
  }
}

/** Whether files are being read or written: how long that takes is another thing each time. */
function writesFiles(): boolean {
  return process.getActiveResourcesInfo().some((kind) => kind.startsWith('FSReq') || kind.startsWith('FileHandle'));
}
