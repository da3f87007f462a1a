import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { silentLog } from '../../src/log.js';
import { OutputMemory, type OutputRecord } from '../../src/state/output-memory.js';
import { StateFile } from '../../src/state/state-file.js';
import { VirtualClock } from '../support/virtual-clock.js';

async function opened() {
  const folder = mkdtempSync(join(tmpdir(), 'carter-r7-'));
  const path = join(folder, 'outputs.json');
  const open = () =>
    new OutputMemory({
      file: new StateFile<OutputRecord>(path, silentLog),
      isKept: () => true,
      clock: new VirtualClock(),
      intervalMs: 10_000,
    });
  const memory = open();
  memory.note('shed.heater', true);
  await memory.close();
  const again = open();
  expect(again.of('shed.heater')).toBe(true);
  // From now on nothing new can be written, as on a full disk; files can still be taken away.
  mkdirSync(`${path}.new`);
  return { memory: again, open };
}

const written = () => new Promise((resolve) => setTimeout(resolve, 100));

it('what was switched off does not come back after a power cut, on a full disk neither', async () => {
  const { memory, open } = await opened();
  memory.note('shed.heater', undefined);
  await written();
  expect(open().of('shed.heater')).toBeUndefined();
});

it('what an emergency stop ended does not come back after a power cut, also where it was switched off in vain before', async () => {
  const { memory, open } = await opened();
  memory.note('shed.heater', undefined);
  await written();
  memory.forget();
  await written();
  expect(open().of('shed.heater')).toBeUndefined();
});
