// Boots the virtual Pi, lets it run some files, and hands on what it says.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDesk } from './desk.mjs';
import { makeImage } from './image.mjs';
import { findKernel } from './kernel.mjs';
import { startMachine } from './machine.mjs';

const GUEST = '/app/test/pi/guest';

/**
 * Runs files of the folder guest, one after the other; resolves with the first exit code that is not 0. `heard` gets each
 * line of the console. A machine that is not done after `limitMs` is switched off.
 */
export async function runInGuest(files, { heard, limitMs }) {
  const folder = mkdtempSync(join(tmpdir(), 'virtual-pi-'));
  let machine;
  const clear = () => {
    machine?.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  const stop = () => {
    clear();
    process.exit(1);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
  try {
    const image = join(folder, 'image');
    const kernel = findKernel();
    const paths = files.map((name) => `${GUEST}/${name}`);
    makeImage(image, folder, paths);
    machine = startMachine({ kernel, image, folder });
    return await watch(machine, heard, limitMs);
  } finally {
    clear();
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop);
  }
}

async function watch({ lines, ended, kill, path }, heard, limitMs) {
  let code = 1;
  lines.on('line', (line) => {
    const end = /^guest: ended with (\d+)/.exec(line);
    if (end) code = Number(end[1]);
    heard(line);
  });
  const timer = setTimeout(() => {
    console.error(`virtual Pi: not done after ${limitMs / 1000} s`);
    kill();
  }, limitMs);
  const desk = await Promise.race([openDesk({ path }), ended.then(() => undefined)]);
  const end = await ended;
  if (end !== 0) console.error(`virtual Pi: the emulator ended with ${end}`);
  clearTimeout(timer);
  desk?.close();
  return code;
}
