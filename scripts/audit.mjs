// Asks the registry whether anything that ships is known to be weak. Exit code 1 if so; 0, with a word, where nobody could be asked.
import { spawnSync } from 'node:child_process';
import { BUNDLED } from './bundled.mjs';

/** What is known of the packages that are installed with the program, or of all of them. */
function audit(...options) {
  const { stdout, stderr } = spawnSync('npm', ['audit', ...options, '--json'], { encoding: 'utf8', timeout: 60_000 });
  let report;
  try {
    report = JSON.parse(stdout);
  } catch {
    report = {};
  }
  if (report.metadata?.vulnerabilities) return Object.entries(report.vulnerabilities);
  const [why = 'no answer'] = `${report.message ?? ''}\n${stderr}`.split('\n').filter(Boolean);
  console.log(`not audited: the registry does not say what is known (${why})`);
  return undefined;
}

const installed = audit('--omit=dev');
const all = installed && audit();
if (installed && all) {
  const known = [...installed, ...all.filter(([name]) => BUNDLED.includes(name))];
  for (const [name, { severity, range }] of new Map(known)) console.log(`${name} ${range}: ${severity}`);
  if (known.length > 0) process.exitCode = 1;
  else console.log('audited: nothing known');
}
