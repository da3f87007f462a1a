import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import type { ChipKernel } from '../port/chip-pins-kernel.js';
import type { SystemRoots } from '../port/system-roots.js';

/** The user that asks. */
export interface User {
  readonly uid: number;
  readonly name: string;
  /** Numbers of the groups that this process has, which may lack those that the user was added to since logging in. */
  readonly groups: readonly number[];
}

/** The Node.js that runs this. */
export interface NodeFacts {
  readonly version: string;
  /** Version of the interface that native packages are compiled for. */
  readonly abi: string;
  readonly execPath: string;
}

/** What is known of a machine before looking at its files. */
export interface MachineFacts {
  readonly user: User;
  readonly node: NodeFacts;
  /** The processor, as Node.js calls it. */
  readonly arch: string;
  /** Folder of this program. */
  readonly home: string;
  /** Loads a package; rejects where that fails. */
  readonly load: (name: string) => Promise<unknown>;
  /** How to ask GPIO chips what they are. Throws `pin/native`. */
  readonly chipKernel: () => ChipKernel;
}

/** A machine as its files show it: the running one, or one that a test made up below a folder. */
export class Machine {
  readonly roots: SystemRoots;

  /** `root` is the folder below which /sys, /proc, /etc and all others are; empty for the running machine. */
  constructor(
    readonly facts: MachineFacts,
    private readonly root = '',
  ) {
    this.roots = { sys: this.path('/sys'), dev: this.path('/dev'), proc: this.path('/proc') };
  }

  /** Where an absolute path of the machine is. */
  path(absolute: string): string {
    return this.root === '' ? absolute : join(this.root, absolute);
  }

  /** A file without white space at its ends; undefined where it can't be read. */
  text(absolute: string): string | undefined {
    try {
      // Device trees end texts with a zero.
      return readFileSync(this.path(absolute), 'utf8').replaceAll('\0', '').trim();
    } catch {
      return undefined;
    }
  }

  /** The names in a folder, sorted; none where it can't be read. */
  names(absolute: string): string[] {
    try {
      return readdirSync(this.path(absolute)).sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
    } catch {
      return [];
    }
  }

  /** Where a path leads once links are followed; undefined where it leads nowhere. */
  real(absolute: string): string | undefined {
    try {
      return realpathSync(this.path(absolute));
    } catch {
      return undefined;
    }
  }

  /** Whether a process of this name runs; the kernel keeps 15 characters of it. */
  runs(command: string): boolean {
    return this.names('/proc').some((pid) => /^\d+$/.test(pid) && this.text(`/proc/${pid}/comm`) === command);
  }

  /** What this machine is, such as `Raspberry Pi 4 Model B Rev 1.5`; undefined where it does not say. */
  get model(): string | undefined {
    return this.text('/proc/device-tree/model');
  }
}
