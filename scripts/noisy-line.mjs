// Says many lines (default 1 000 000) between driver and simulated board over a line that flips bits, in virtual time:
// node scripts/noisy-line.mjs [LINES]. Exit code 1 when a wrong value was believed or a command was carried out twice.
import { startVitest } from 'vitest/node';

const noisyLines = Number(process.argv[2] ?? 1_000_000);
if (!Number.isInteger(noisyLines) || noisyLines < 1) {
  console.error('usage: node scripts/noisy-line.mjs [LINES]');
  process.exit(2);
}
const vitest = await startVitest('test', ['test/unit/board-noise.test.ts'], {
  watch: false,
  testTimeout: 3_600_000,
  provide: { noisyLines },
});
await vitest.close();
