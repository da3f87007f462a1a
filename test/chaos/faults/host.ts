import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FaultKind } from './fault.js';

const HOUR = 3_600_000;

/** What can befall the machine that the bridge runs on. */
export const HOST_FAULTS: readonly FaultKind[] = [
  {
    name: 'clock jumps',
    aspect: 'clock',
    targets: () => ['clock'],
    begin: ({ clock }, _, random) => {
      const before = clock.epoch;
      clock.epoch = (before ?? 0) + (random() - 0.5) * 20 * HOUR;
      return () => {
        clock.epoch = before;
      };
    },
  },
  {
    name: 'clock not set',
    aspect: 'clock',
    targets: () => ['clock'],
    begin: ({ clock }) => {
      const before = clock.epoch;
      clock.epoch = undefined;
      return () => {
        clock.epoch = before;
      };
    },
  },
  {
    name: 'state can not be written',
    aspect: 'disk',
    targets: () => ['disk'],
    begin: ({ folder }) => {
      // A folder stands where the file is to be written.
      const inTheWay = ['boards.json.new', 'state.json.new'].map((name) => join(folder, 'state', name));
      for (const path of inTheWay) mkdirSync(path, { recursive: true });
      return () => {
        for (const path of inTheWay) rmSync(path, { recursive: true, force: true });
      };
    },
  },
];
