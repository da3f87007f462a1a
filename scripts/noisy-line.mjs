// Says many lines (default 1 000 000) between driver and board over a line that flips bits, in virtual time:
// node scripts/noisy-line.mjs [LINES] [--core]. The board is the simulated one, or with --core the Arduino library's core,
// compiled for this machine. Exit code 1 when a wrong value was believed or a command was carried out twice.
import { parseArgs } from 'node:util';
import { startVitest } from 'vitest/node';

const { values, positionals } = parseArgs({ options: { core: { type: 'boolean' } }, allowPositionals: true });
const noisyLines = Number(positionals[0] ?? 1_000_000);
if (!Number.isInteger(noisyLines) || noisyLines < 1) {
  console.error('usage: node scripts/noisy-line.mjs [LINES] [--core]');
  process.exit(2);
}
const test = values.core ? 'test/firmware/host-noise.test.ts' : 'test/unit/board-noise.test.ts';
const vitest = await startVitest('test', [test], { watch: false, testTimeout: 7_200_000, provide: { noisyLines } });
await vitest.close();
