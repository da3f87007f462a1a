// Says in one line what this machine lacks before a script fails in a longer way.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const fail = (line) => {
  console.error(line);
  process.exit(1);
};
const root = new URL('../', import.meta.url);
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  const where = 'see https://nodejs.org, or `sudo apt install nodejs npm` on Debian 13';
  fail(`carter-bridge needs Node 20.19 or newer, this is ${process.versions.node}: ${where}`);
}
if (process.platform !== 'linux') fail(`carter-bridge runs on Linux, this is ${process.platform}`);

// The optional packages are not asked for: whoever has no GPIO needs no compiler for onoff.
const { dependencies, devDependencies } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
const missing = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => {
  return !existsSync(new URL(`node_modules/${name}/package.json`, root));
});
if (missing.length > 0) {
  const which = missing.length > 3 ? `${missing.length} of them` : missing.join(', ');
  fail(`npm packages are missing (${which}): run \`npm ci\` first`);
}

// Both bring native code for the usual machines; elsewhere they have to be built.
for (const [name, built, tools] of [
  ['serialport', '@serialport/bindings-cpp', 'python3 make g++'],
  ['koffi', 'koffi', 'cmake make g++'],
]) {
  try {
    createRequire(root)(name);
  } catch {
    const cure = `\`sudo apt install ${tools}\`, then \`npm rebuild ${built}\``;
    fail(`${name} has no native code for this machine (${process.arch}, Node ${process.versions.node}): ${cure}`);
  }
}
