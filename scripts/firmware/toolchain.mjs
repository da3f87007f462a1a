import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** Where Debian keeps the Arduino core. */
export const CORE = '/usr/share/arduino/hardware/arduino/avr';

const INSTALL = 'sudo apt-get install gcc-avr avr-libc arduino-core-avr';

/** Throws with what is missing and how to install it. */
export function needToolchain() {
  const missing = [];
  if (spawnSync('avr-g++', ['--version']).error) missing.push('avr-g++');
  if (!existsSync('/usr/lib/avr/include/avr/io.h')) missing.push('avr-libc');
  if (!existsSync(`${CORE}/cores/arduino/Arduino.h`)) missing.push(`the Arduino core in ${CORE}`);
  if (missing.length > 0) throw new Error(`${missing.join(', ')} not found; ${INSTALL}`);
}

/** Runs a tool and returns what it prints. Throws with what it says when it fails. */
export function run(tool, args, cwd) {
  const { status, error, stdout, stderr } = spawnSync(tool, args, { cwd, encoding: 'utf8' });
  if (error) throw error;
  if (status !== 0) throw new Error(`${tool} ${args.at(-1)} failed:\n${stderr}`);
  return stdout;
}
