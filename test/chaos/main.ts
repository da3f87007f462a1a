import { parseArgs } from 'node:util';
import { Report } from './report.js';
import { run } from './run.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '100' },
    real: { type: 'boolean', default: false },
    trace: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const runs = Number(values.runs);
if (!Number.isInteger(seed) || !Number.isInteger(runs) || runs < 1) {
  console.error('usage: npm run chaos -- [--seed N] [--runs N] [--real] [--trace]');
  process.exit(2);
}

const report = new Report((line) => console.log(line));
process.on('unhandledRejection', (error) => report.stray(error));
for (let n = 0; n < runs; n++) {
  const result = await run({ seed: seed + n, keep: values.trace, real: values.real });
  report.add(result);
  if (values.trace) for (const line of result.trace) console.log(line);
  for (const violation of result.violations) console.log(`seed ${result.seed}: ${violation}`);
  if ((n + 1) % (values.real ? 10 : 500) === 0) console.log(`${n + 1} runs: ${report.last()}`);
}
for (const line of report.lines()) console.log(line);
console.log(report.last());
process.exitCode = report.failed ? 1 : 0;
