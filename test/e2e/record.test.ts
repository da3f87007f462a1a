import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { connectPhone } from '../support/phone.js';
import { Program, runProgram } from '../support/program.js';

it('a bench that was recorded is lived through again, always in the same way', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'carter-record-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'bench.jsonl');
  const bench = new Program(['bench', '--boards', '2', '--port', '0', '--panel-port', '0', '--record', file]);
  const [, url = ''] = await bench.shows(/relay\s+(ws:\S+)/);
  const phone = await connectPhone({ url, name: 'anna', channel: 'home' });
  await bench.shows(/board2 \(online\)/);
  for (const value of [true, false, true]) {
    const id = phone.command({ msg_type: 'bench.cmd', dev: 'board1', point: 'pump', value });
    expect(await phone.waitFor((frame) => frame['cmd_id'] === id)).toMatchObject({ ok: true, value });
  }
  await phone.close();
  expect(await bench.stop()).toBe(0);
  expect(statSync(file).mode & 0o777).toBe(0o600);

  const first = await runProgram(['replay', file]);
  expect(first.code).toBe(0);
  expect((await runProgram(['replay', file, '--speed', '50'])).out).toBe(first.out);
  const [, frames, same, writes, sameWrites] =
    first.err.match(/^frames: \d+, then (\d+), the same (\d+); lines to devices: \d+, then (\d+), the same (\d+)$/m) ??
    [];
  expect(Number(writes)).toBeGreaterThan(10);
  expect(sameWrites).toBe(writes);
  // On a busy machine a timer of then was late, and a frame held what came in the meantime.
  expect(Number(same)).toBeGreaterThan(0.8 * Number(frames));
  expect(first.out).toMatch(/"reading":"board1\.pump","value":true,"quality":"good"/);
  expect(first.out.match(/"cmd_id":/g)).toHaveLength(3);
});

it.each([
  [['replay', '/nonexistent'], 1, /there is no file \/nonexistent/],
  [['replay', '/nonexistent', '--speed', 'soon'], 2, /a number above 0, or max/],
  [['bench', '--record', '/nonexistent/a'], 1, /can't write \/nonexistent\/a: ENOENT/],
])('%j ends with %i', async (args, code, said) => {
  const program = await runProgram(args);
  expect(program.code).toBe(code);
  expect(program.err).toMatch(said);
});
