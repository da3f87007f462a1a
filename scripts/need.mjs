// Says in one line what this machine lacks before a script fails in a longer way.
import { existsSync } from 'node:fs';

const fail = (line) => {
  console.error(line);
  process.exit(1);
};
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(`carter-bridge needs Node 20.19 or newer, this is ${process.versions.node}: see https://nodejs.org`);
}
if (!existsSync(new URL('../node_modules/typescript', import.meta.url))) {
  fail('the npm packages are missing: run `npm ci` first');
}
