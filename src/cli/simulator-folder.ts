import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { SimulatorFiles } from '../device/driver-kind.js';

/** The files of a simulated device in a folder of this machine. */
export function filesIn(folder: string): SimulatorFiles {
  return {
    write(path, text) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      // By way of another name, so that who reads at this moment sees the old text or the new one.
      writeFileSync(`${file}.new`, text);
      renameSync(`${file}.new`, file);
    },
    remove: (path) => rmSync(join(folder, path), { recursive: true, force: true }),
  };
}
