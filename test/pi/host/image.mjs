// Makes what the virtual Pi boots into: busybox, node, the built program, its packages, the tests.
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../../..');
const BUSYBOX = '/bin/busybox';

/** Writes the image to `path`; `files` are run in the guest, one after the other. */
export function makeImage(path, folder, files) {
  const system = join(folder, 'system');
  mkdirSync(join(system, 'bin'), { recursive: true });
  for (const name of ['proc', 'sys', 'dev', 'etc']) mkdirSync(join(system, name), { recursive: true });
  copy(BUSYBOX, join(system, 'bin/busybox'));
  copy(process.execPath, join(system, 'bin/node'));
  for (const library of librariesOf(process.execPath)) copy(library, join(system, library));
  writeFileSync(join(system, 'etc/passwd'), 'root:x:0:0::/:/bin/sh\npi:x:1000:1000::/:/bin/sh\n');
  copy(join(ROOT, 'test/pi/guest/init'), join(system, 'init'));
  writeFileSync(join(system, 'arguments'), `${files.join('\n')}\n`);
  const app = join(system, 'app');
  for (const name of ['dist', 'package.json', 'test/pi/guest']) copy(join(ROOT, name), join(app, name));
  for (const name of packages()) copy(join(ROOT, name), join(app, name));
  rmSync(path, { force: true });
  const names = execFileSync('find', ['.', '-print0'], { cwd: system, maxBuffer: 1e8 });
  const archive = execFileSync('cpio', ['--null', '--quiet', '-o', '-H', 'newc'], {
    cwd: system,
    input: names,
    maxBuffer: 1e9,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  appendFileSync(path, archive);
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, dereference: true });
}

/** Shared libraries of a program, as the dynamic linker finds them here. */
function librariesOf(program) {
  const listed = execFileSync('ldd', [program], { encoding: 'utf8' });
  return [...listed.matchAll(/(\/\S+\.so\S*)/g)].map(([, path]) => path);
}

/** Folders of the packages that the program needs when it runs. */
function packages() {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([name, { dev, optional }]) => name.startsWith('node_modules/') && !dev && !(optional && !installed(name)))
    .map(([name]) => name);
}

function installed(name) {
  try {
    readFileSync(join(ROOT, name, 'package.json'));
    return true;
  } catch {
    return false;
  }
}
