import type { BoardSimulator } from '../../../devices/board/simulator.js';
import { boards, devices, type End, every, type FaultKind } from './fault.js';

function onBoard(name: string, begin: (board: BoardSimulator, random: () => number) => End): FaultKind {
  return {
    name,
    aspect: 'device',
    targets: (world) => boards(world).filter((id) => world.specimens.get(id)?.simulated),
    begin: (world, target, random) => {
      const board = world.specimens.get(target)?.simulated;
      if (!board) throw new Error(`no board ${target}`);
      return begin(board, random);
    },
  };
}

/** What can befall a device itself. */
export const DEVICE_FAULTS: readonly FaultKind[] = [
  {
    name: 'device restarts',
    aspect: 'device',
    targets: devices,
    begin: (world, target) => {
      world.cables.get(target)?.reset();
      return () => {};
    },
  },
  {
    name: 'device restarts again and again',
    aspect: 'device',
    holdsOff: 5_000,
    targets: devices,
    begin: (world, target) => every(world, 700, () => world.cables.get(target)?.reset()),
  },
  {
    name: 'flood of readings',
    aspect: 'device',
    targets: devices,
    begin: (world, target) => every(world, 2, () => world.specimens.get(target)?.sense()),
  },
  onBoard('device stuck', (board) => {
    board.deaf();
    board.silent();
    return () => {
      board.deaf(false);
      board.silent(false);
    };
  }),
  onBoard('device lies', (board) => {
    board.lie();
    return () => board.lie(false);
  }),
  onBoard('device refuses', (board) => {
    board.refuse();
    return () => board.refuse(false);
  }),
  onBoard('device slow', (board, random) => {
    board.late(50 + Math.floor(500 * random()));
    return () => board.late(0);
  }),
];
