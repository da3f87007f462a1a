// The kernel of the virtual Pi: the one that CARTER_PI_KERNEL names, else one built from Debian's sources, once.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { availableParallelism, homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const CONFIG = join(import.meta.dirname, '../kernel.config');
const SOURCES = '/usr/src';
const PACKAGES = 'linux-source-6.12 flex bison bc libelf-dev libssl-dev xz-utils make gcc';

/** Path of a kernel image; building one takes some minutes. */
export function findKernel() {
  const given = process.env['CARTER_PI_KERNEL'];
  if (given) {
    if (!existsSync(given)) throw new Error(`CARTER_PI_KERNEL: there is no ${given}`);
    return given;
  }
  const source = newestSource();
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'carter-bridge');
  const mark = createHash('sha256').update(readFileSync(CONFIG)).update(source).digest('hex').slice(0, 12);
  const kept = join(cache, `bzImage-${mark}`);
  if (!existsSync(kept)) build(source, kept, cache);
  return kept;
}

function newestSource() {
  const names = existsSync(SOURCES) ? readdirSync(SOURCES) : [];
  const newest = names
    .filter((name) => /^linux-source-[\d.]+\.tar\.xz$/.test(name))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
    .at(-1);
  if (newest) return join(SOURCES, newest);
  throw new Error(`no kernel: set CARTER_PI_KERNEL to an image, or \`sudo apt install ${PACKAGES}\``);
}

function build(source, kept, cache) {
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), 'kernel-'));
  try {
    console.log(`virtual Pi: building a kernel from ${source}; this happens once`);
    const run = (...command) =>
      execFileSync(command[0], command.slice(1), { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    run('tar', '-xf', source, '--strip-components=1');
    copyFileSync(CONFIG, join(folder, '.config'));
    run('make', '-s', 'olddefconfig');
    run('make', '-s', `-j${availableParallelism()}`, 'bzImage');
    // Renamed when complete, so that an interrupted build leaves nothing that looks like a kernel.
    copyFileSync(join(folder, 'arch/x86/boot/bzImage'), `${kept}.new`);
    renameSync(`${kept}.new`, kept);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
