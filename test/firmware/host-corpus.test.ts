import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HostCore, hasCompiler } from '../support/host-core.js';

const CORPUS = join(import.meta.dirname, '../vectors/core-corpus');

describe.skipIf(!hasCompiler)('the core of the Arduino library', () => {
  it('bears everything that the fuzzer found to reach another corner of it, and says whole lines only', () => {
    const core = new HostCore('manifest');
    let now = 0;
    let said = '';
    const files = readdirSync(CORPUS);
    expect(files.length).toBeGreaterThan(50);
    for (const file of files) {
      const input = readFileSync(join(CORPUS, file), 'latin1');
      for (let at = 0; at < input.length; ) {
        const length = input.charCodeAt(at);
        now += 97;
        said += core.run(now, 300, input.slice(at + 1, at + 1 + length)).said;
        at += 1 + length;
      }
      now += 97;
      said += core.run(now, 3_000, '\n').said;
    }
    const lines = said.split('\n').slice(0, -1);
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines) expect(line).toMatch(/^[ -~\u0080-\u00ff]{1,199}$/);
  });
});
