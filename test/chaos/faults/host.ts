import type { World } from '../world.js';
import { devices, type End, type FaultKind, whenWell } from './fault.js';

const HOUR = 3_600_000;
/** It is said so soon why a device dropped out. */
const TOLD_MS = 100;

/** The clock of the real machine is not ours to move. */
const movable = ({ stage }: World) => (stage.virtual ? ['clock'] : []);

/** Sets the wall clock that reads `epoch` at the start; returns what sets it back. */
function setWall({ stage: { virtual } }: World, epoch: (before: number) => number | undefined): End {
  const before = virtual?.epoch;
  if (virtual) virtual.epoch = epoch(before ?? 0);
  return () => {
    if (virtual) virtual.epoch = before;
  };
}

/** A low supply shows in what drops out; nobody can lower that of the real machine. */
const SUPPLY: FaultKind = {
  name: 'supply too low',
  aspect: 'plug',
  targets: (world) => (world.stage.virtual ? devices(world) : []),
  begin: (world, target) => {
    const { stage, complaints, ledger } = world;
    const { supply: before } = stage;
    const cable = world.cables.get(target);
    const since = stage.clock.now();
    const hadIt = world.hears(target);
    const told = () => !hadIt || complaints.heardOf(/supply voltage/, since);
    whenWell(world, TOLD_MS, () => ledger.check(told(), `nobody was told why ${target} dropped out`));
    stage.supply = 'low';
    cable?.pull();
    return () => {
      stage.supply = before ?? 'good';
      cable?.plug();
    };
  },
};

/** What can befall the machine that the bridge runs on. */
export const HOST_FAULTS: readonly FaultKind[] = [
  SUPPLY,
  {
    name: 'clock jumps',
    aspect: 'clock',
    targets: movable,
    begin: (world, _, random) => setWall(world, (before) => before + (random() - 0.5) * 20 * HOUR),
  },
  {
    name: 'clock not set',
    aspect: 'clock',
    targets: movable,
    begin: (world) => setWall(world, () => undefined),
  },
  {
    name: 'config taken anew',
    aspect: 'config',
    targets: () => ['config'],
    begin: (world, _, random) => {
      const { host } = world;
      const before = host.config;
      host.config = { ...before, publish: { maxHz: 1 + Math.floor(random() * 15) } };
      host.reload();
      return () => {
        host.config = before;
        host.reload();
      };
    },
  },
];
