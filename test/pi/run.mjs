// `npm run test:pi [-- FILE …]`: boots the virtual Pi and runs the tests in it; README.md says what that is.
import { runInGuest } from './host/run-in-guest.mjs';

const TESTS = ['pins.test.mjs', 'bridge.test.mjs', 'usb.test.mjs'];
/** The whole run takes at most this long. */
const LIMIT_MS = 400_000;

const files = process.argv.slice(2);
const began = performance.now();
process.exitCode = await runInGuest(files.length > 0 ? files : TESTS, { heard: console.log, limitMs: LIMIT_MS });
console.log(`virtual Pi: ${((performance.now() - began) / 1000).toFixed(1)} s`);
