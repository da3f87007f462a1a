import type { Log } from '../log.js';
import type { SerialPortEntry } from '../port/serial-path.js';
import type { BoardMemory } from './board-memory.js';
import { isSameManifest } from './manifest.js';

/** What approvals are built from. */
export interface ApprovalsParts {
  readonly memory: BoardMemory;
  /** True where a new board at this port is approved as it is plugged in. */
  welcomesNew(port: SerialPortEntry): boolean;
  /** A board was approved so. */
  welcomed?(device: string): void;
  readonly log: Log;
}

/** Which boards their owner lets be switched: those that were approved, with the points that they had then. */
export class Approvals {
  constructor(private readonly parts: ApprovalsParts) {}

  /**
   * Whether a device's board may be switched; `manifest` is the fingerprint of its points, where it says one, `port` where
   * it was found just now.
   */
  of(device: string, mark: string, manifest: string | undefined, port?: SerialPortEntry): boolean {
    const { memory, welcomesNew, welcomed, log } = this.parts;
    if (!memory.isApproved(mark)) {
      // A board that was there before, and was left unapproved, is not the one that somebody plugs in now.
      if (!port || !welcomesNew(port) || memory.boardOf(device) !== undefined) return false;
      void memory.approve(device, mark, manifest);
      welcomed?.(device);
      log.warn({ device }, 'a new board: approved, as it was plugged in while new boards are');
      return true;
    }
    const approved = memory.manifestOf(mark);
    // None: it was approved before points were remembered.
    if (approved === undefined || isSameManifest(approved, manifest)) {
      if ((manifest?.length ?? 0) > (approved?.length ?? 0)) void memory.approve(device, mark, manifest);
      return true;
    }
    log.warn(
      { device },
      `the points of ${device} are others than those that you approved: its outputs stay off until you approve it again`,
    );
    return false;
  }

  /** A board that the config lets be switched, whatever its points: says so where they are others than last time. */
  notice(device: string, mark: string, manifest: string | undefined): void {
    const { memory, log } = this.parts;
    const before = memory.manifestOf(mark);
    if (before !== undefined && !isSameManifest(before, manifest)) {
      log.warn({ device }, `the points of ${device} are others than last time; its config lets them be switched`);
    }
    // What its owner approved stays what is approved, should the config not name it any more.
    if (before !== manifest && !memory.isApproved(mark)) memory.learn(mark, manifest);
  }
}
