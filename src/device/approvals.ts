import type { Log } from '../log.js';
import type { BoardMemory } from './board-memory.js';

/** What approvals are built from. */
export interface ApprovalsParts {
  readonly memory: BoardMemory;
  /** True while every new board is approved as it is plugged in. */
  welcomesNew(): boolean;
  readonly log: Log;
}

/** Which boards their owner lets be switched: those that were approved, with the points that they had then. */
export class Approvals {
  constructor(private readonly parts: ApprovalsParts) {}

  /** Whether a device's board may be switched; `manifest` is the fingerprint of its points, where it says one. */
  of(device: string, mark: string, manifest: string | undefined): boolean {
    const { memory, welcomesNew, log } = this.parts;
    if (!memory.isApproved(mark)) {
      if (!welcomesNew()) return false;
      void memory.approve(device, mark, manifest);
      log.warn({ device }, 'a new board: approved, as it was plugged in while new boards are');
      return true;
    }
    const approved = memory.manifestOf(mark);
    if (approved === manifest) return true;
    if (approved === undefined) {
      // It was approved before points were remembered.
      void memory.approve(device, mark, manifest);
      return true;
    }
    log.warn(
      { device },
      `the points of ${device} are others than those that you approved: its outputs stay off until you approve it again`,
    );
    return false;
  }
}
