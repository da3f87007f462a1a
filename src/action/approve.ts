import type { ShownPoints } from '../device/boards.js';
import type { Fleet } from '../device/fleet.js';
import type { Audit } from './audit.js';

/** Who lets boards be switched, and where that is noted. */
export interface Approver {
  readonly fleet: Pick<Fleet, 'approve' | 'welcome'>;
  readonly audit: Pick<Audit, 'note'>;
}

/** Lets a device's outputs be switched, in the name of somebody, whom its points were `shown`; see `Fleet.approve`. */
export async function approveDevice({ fleet, audit }: Approver, device: string, from: string, shown?: ShownPoints) {
  const approval = await fleet.approve(device, shown);
  if (approval) void audit.note({ from, via: 'local', what: 'approve', wish: device }, { ok: true, value: true });
  return approval;
}

/** Approves every new board that is plugged in within `ms`, in somebody's name. */
export function approveNewBoards({ fleet, audit }: Approver, ms: number, from: string): void {
  const note = (wish: string) =>
    void audit.note({ from, via: 'local', what: 'approve', wish }, { ok: true, value: true });
  fleet.welcome.open(ms, note);
  note(`new boards for ${ms / 1000} s`);
}
