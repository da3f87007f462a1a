// `npm run test:pi [-- FILE …]`: boots the virtual Pi and runs the tests in it; README.md says what that is.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDesk } from './host/desk.mjs';
import { makeImage } from './host/image.mjs';
import { findKernel } from './host/kernel.mjs';
import { startMachine } from './host/machine.mjs';

const GUEST = '/app/test/pi/guest';
const TESTS = ['pins.test.mjs', 'bridge.test.mjs', 'usb.test.mjs'];
/** The whole run takes at most this long. */
const LIMIT_MS = 400_000;

const files = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'virtual-pi-'));
let machine;
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    machine?.kill();
    process.exit(1);
  });
}
try {
  const kernel = findKernel();
  const image = join(folder, 'image');
  const began = performance.now();
  makeImage(
    image,
    folder,
    (files.length > 0 ? files : TESTS).map((name) => `${GUEST}/${name}`),
  );
  machine = startMachine({ kernel, image, folder });
  process.exitCode = await run(machine);
  console.log(`virtual Pi: ${((performance.now() - began) / 1000).toFixed(1)} s`);
} finally {
  machine?.kill();
  if (existsSync(folder)) rmSync(folder, { recursive: true });
}

/** Shows the console until the machine is off; resolves with the tests' exit code. */
async function run({ lines, ended, kill, path }) {
  let code = 1;
  lines.on('line', (line) => {
    const end = /^guest: ended with (\d+)/.exec(line);
    if (end) code = Number(end[1]);
    console.log(line);
  });
  const timer = setTimeout(() => {
    console.error(`virtual Pi: not done after ${LIMIT_MS / 1000} s`);
    kill();
  }, LIMIT_MS);
  const desk = await Promise.race([openDesk({ path }), ended.then(() => undefined)]);
  const end = await ended;
  if (end !== 0) console.error(`virtual Pi: the emulator ended with ${end}`);
  clearTimeout(timer);
  desk?.close();
  return code;
}
