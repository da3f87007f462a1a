// `npm run bench:pi [-- --write]`: edge to frame and command to pin on the virtual Pi; --write puts them into docs/performance.md.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { writeTable } from '../../scripts/bench/report.mjs';
import { runInGuest } from './host/run-in-guest.mjs';

const LIMIT_MS = 600_000;
const PAGE = join(import.meta.dirname, '../../docs/performance.md');
const COMMAND = 'npm run bench:pi -- --write';

const said = [];
const heard = (line) => {
  said.push(line);
  console.log(line);
};
process.exitCode = await runInGuest(['bench/latency.mjs'], { heard, limitMs: LIMIT_MS });
const table = said.filter((line) => line.startsWith('| ') || line.startsWith('|-'));
const setting = said.find((line) => line.startsWith('in the guest: '))?.slice('in the guest: '.length);
if (setting !== undefined && process.argv.includes('--write')) {
  const [qemu] = /\d+\.\d+/.exec(execFileSync('qemu-system-x86_64', ['--version'], { encoding: 'utf8' })) ?? ['?'];
  const date = new Date().toISOString().slice(0, 10);
  const words = `${date}, ${setting}, QEMU ${qemu} (TCG, one processor).`;
  writeTable(PAGE, `${table.join('\n')}\n\n${words}`, COMMAND);
}
