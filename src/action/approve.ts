import type { ShownPoints } from '../device/boards.js';
import type { Fleet } from '../device/fleet.js';
import { type Outcome, refusalOf, refused } from '../device/outcome.js';
import type { Welcome } from '../device/welcome.js';
import type { Audit } from './audit.js';
import type { CommandRequest } from './command.js';

/** Who lets boards be switched, and where that is noted. */
export interface Approver {
  readonly fleet: Pick<Fleet, 'approve'> & { readonly welcome: Pick<Welcome, 'open'> };
  readonly audit: Pick<Audit, 'note'>;
}

const DONE: Outcome = { ok: true, value: true };

/**
 * Lets a device's outputs be switched, in the name of somebody, whom its points were `shown`; undefined for an unknown device.
 * Rejects as `Fleet.approve` does.
 */
export async function approveDevice({ fleet, audit }: Approver, device: string, from: string, shown?: ShownPoints) {
  try {
    const approval = await fleet.approve(device, shown);
    note(audit, from, device, approval ? DONE : refused('unknown_point', 'there is no such device'));
    return approval;
  } catch (error) {
    note(audit, from, device, refusalOf(error));
    throw error;
  }
}

/** Somebody who may only look wanted to approve a device. */
export function refuseViewer({ audit }: Pick<Approver, 'audit'>, device: string, from: string): void {
  note(audit, from, device, refused('role', 'viewers may only look'), 'viewer');
}

/** Approves every new board that is plugged in within `ms`, in somebody's name. False, and nothing: longer than `longest`. */
export function approveNewBoards({ fleet, audit }: Approver, ms: number, longest: number, from: string): boolean {
  const wish = `new boards for ${ms / 1000} s`;
  const isSane = ms >= 0 && ms <= longest;
  if (isSane) fleet.welcome.open(ms, (device) => note(audit, from, device, DONE));
  note(audit, from, wish, isSane ? DONE : refused('range', `this lasts ${longest / 1000} s at most`));
  return isSane;
}

function note(
  audit: Approver['audit'],
  from: string,
  wish: string,
  outcome: Outcome,
  via: CommandRequest['via'] = 'local',
) {
  void audit.note({ from, via, what: 'approve', wish }, outcome);
}
