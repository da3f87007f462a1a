import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What goes in: bytes, one a character, of which the first arrives at this cycle. */
export interface Said {
  readonly cycle: number;
  readonly bytes: string;
}

/** Whether a C compiler and libsimavr (Debian: gcc libsimavr-dev libelf-dev) are there to compare with. */
export function hasSimavr(): boolean {
  const source = '#include <simavr/sim_avr.h>\nint main(void) { return 0; }\n';
  const args = ['-x', 'c', '-', '-o', '/dev/null', '-lsimavr', '-lelf'];
  return spawnSync('gcc', args, { input: source }).status === 0;
}

/** Runs a hex file in simavr, until the cycle `end`; every byte that comes out, with its cycle. */
export function runSimavr(hexFile: string, input: readonly Said[], end: number): Said[] {
  const folder = mkdtempSync(join(tmpdir(), 'carter-simavr-'));
  const program = join(folder, 'simavr');
  execFileSync('gcc', ['-O1', '-o', program, join(import.meta.dirname, 'simavr.c'), '-lsimavr', '-lelf']);
  const lines = input.map(({ cycle, bytes }) => `${cycle} ${Buffer.from(bytes, 'latin1').toString('hex')}\n`);
  const out = execFileSync(program, [hexFile], {
    input: `${lines.join('')}end ${end}\n`,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  return [...out.matchAll(/^(\d+) ([0-9a-f]{2})$/gm)].map(([, cycle, byte]) => ({
    cycle: Number(cycle),
    bytes: String.fromCharCode(Number.parseInt(byte ?? '', 16)),
  }));
}
