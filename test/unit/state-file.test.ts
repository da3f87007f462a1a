import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Log, silentLog } from '../../src/log.js';
import { StateFile } from '../../src/state/state-file.js';

interface Counted {
  readonly n: number;
  readonly padding?: string;
}
const isCounted = (value: unknown): value is Counted => Number.isInteger((value as Counted | null)?.n);

let folder: string;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carter-state-'));
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

const log: Log = {
  ...silentLog,
  warn: (_fields, message) => void said.push(`warn ${message}`),
  info: (_fields, message) => void said.push(`info ${message}`),
};
const path = () => join(folder, 'state.json');
const open = (at = path()) => new StateFile<Counted>(at, log);
const read = () => open().read({ n: -1 }, isCounted);

describe('a state file and its previous copy', () => {
  it('takes the value before a broken one, and keeps it over the next write', async () => {
    await open().write({ n: 1 });
    await open().write({ n: 2 });
    writeFileSync(path(), '{"n": ');
    expect(read()).toEqual({ n: 1 });
    expect(readFileSync(`${path()}.broken`, 'utf8')).toBe('{"n": ');
    expect(said[0]).toContain('is not usable and was set aside');
    expect(said[1]).toContain('the state before that one is used');
    await open().write({ n: 3 });
    expect(JSON.parse(readFileSync(`${path()}.previous`, 'utf8'))).toEqual({ n: 1 });
  });

  it('goes on from nothing where both are broken', async () => {
    writeFileSync(path(), '{"version": 99}');
    writeFileSync(`${path()}.previous`, '');
    expect(read()).toEqual({ n: -1 });
    expect(said).toHaveLength(2);
    expect(existsSync(path())).toBe(false);
  });

  it('does not bring back a file that its owner deleted', async () => {
    await open().write({ n: 1 });
    await open().write({ n: 2 });
    rmSync(path());
    expect(read()).toEqual({ n: -1 });
    expect(said).toEqual([]);
  });

  it('leaves the disk alone for a value that is there already', async () => {
    const state = open();
    await state.write({ n: 1 });
    const { ino } = statSync(path());
    await state.write({ n: 1 });
    expect(statSync(path()).ino).toBe(ino);
    await state.write({ n: 2 });
    expect(statSync(path()).ino).not.toBe(ino);
  });
});

describe.skipIf(process.getuid?.() !== 0)('a state file on a small disk (mounting one needs root)', () => {
  let disk: string;
  beforeEach(() => {
    disk = mkdtempSync(join(tmpdir(), 'carter-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
  });
  afterEach(() => {
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });

  async function survives(spoil: () => void, mend: () => void): Promise<void> {
    const file = join(disk, 'state.json');
    const state = open(file);
    expect(await state.write({ n: 1 })).toBe(true);
    spoil();
    for (const n of [2, 3, 4]) expect(await state.write({ n, padding: 'x'.repeat(9000) })).toBe(false);
    expect(said).toHaveLength(1);
    expect(said[0]).toContain('warn the state file can not be written');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ n: 1 });
    mend();
    expect(await state.write({ n: 5 })).toBe(true);
    expect(said[1]).toBe('info the state file can be written again');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ n: 5 });
  }

  it('says once that the disk is full, and goes on when it no longer is', async () => {
    const ballast = join(disk, 'ballast');
    const fill = () => {
      expect(() => writeFileSync(ballast, 'x'.repeat(100_000))).toThrow('ENOSPC');
    };
    await survives(fill, () => rmSync(ballast));
  });

  it('says once that the disk is read-only, and goes on when it no longer is', async () => {
    const remount = (mode: string) => execFileSync('mount', ['-o', `remount,${mode}`, disk]);
    await survives(
      () => remount('ro'),
      () => remount('rw'),
    );
  });
});
