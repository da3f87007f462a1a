// Lets the codecs of the bridge and of the Arduino library judge many random and mutated lines (default 1 000 000):
// node scripts/differential.mjs [LINES] [SEED]. Exit code 1 at the first line on which they disagree.
import { startVitest } from 'vitest/node';

const [differentialLines, differentialSeed] = [process.argv[2] ?? 1_000_000, process.argv[3] ?? 1].map(Number);
if (!Number.isInteger(differentialLines) || differentialLines < 1 || !Number.isInteger(differentialSeed)) {
  console.error('usage: node scripts/differential.mjs [LINES] [SEED]');
  process.exit(2);
}
const vitest = await startVitest('test', ['test/firmware/host-differential.test.ts'], {
  watch: false,
  testTimeout: 3_600_000,
  provide: { differentialLines, differentialSeed },
});
await vitest.close();
