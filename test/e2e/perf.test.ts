import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const BENCH = join(import.meta.dirname, '../../scripts/bench');

/** What a script prints; its exit code says how fast this machine was, which no test judges. */
async function printed(script: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [join(BENCH, script), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (text) => {
    out += text;
  });
  child.stderr.on('data', (text) => {
    err += text;
  });
  await once(child, 'close');
  if (out === '') throw new Error(err);
  return out;
}

describe('the measuring scripts', () => {
  it('bench:perf prints a row for each figure, with a verdict', async () => {
    const out = await printed('perf.mjs', ['--rows', 'H,K,M,W,R', '--quick', '--pairs', '1']);
    const rows = out.match(/^\| (H|Hm|Hb|K|Kf|M|W|Wt|R) .* (goal|bar|MISSED) \|$/gm);
    expect(rows).toHaveLength(9);
    expect(out).not.toContain('NaN');
  }, 60_000);

  it('soak loses no final value', async () => {
    const out = await printed('soak.mjs', ['--minutes', '0.04']);
    expect(out).toContain('| final values that did not arrive | 0 | 0 | ok |');
    expect(out).toContain('| bytes that were not read in time | 0 | 0 | ok |');
  }, 60_000);
});
