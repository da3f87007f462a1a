import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open as openFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Log, silentLog } from '../../src/log.js';
import { StateFile } from '../../src/state/state-file.js';

interface Counted {
  readonly n: number;
  readonly padding?: string;
}
const isCounted = (value: unknown): value is Counted => Number.isInteger((value as Counted | null)?.n);

let folder: string;
let handles: FileHandle;
let said: string[];
beforeEach(async () => {
  const handle = await openFile(import.meta.filename);
  handles = Object.getPrototypeOf(handle);
  await handle.close();
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
const put = (at: string, text: string) => writeFileSync(at, text, { mode: 0o600 });
const open = (at = path()) => new StateFile<Counted>(at, log);
const read = () => open().read({ n: -1 }, isCounted);

describe('a state file', () => {
  it('is its owner’s only, whatever is in the place where it is written, and goes nowhere else', async () => {
    const other = join(folder, 'precious');
    writeFileSync(other, 'precious');
    symlinkSync(other, `${path()}.new`);
    await open().write({ n: 1 });
    expect(readFileSync(other, 'utf8')).toBe('precious');
    writeFileSync(`${path()}.new`, '');
    chmodSync(`${path()}.new`, 0o644);
    await open().write({ n: 2 });
    expect(read()).toEqual({ n: 2 });
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it('is closed where it is found open to others, and so is the one before; once', async () => {
    await open().write({ n: 1 });
    await open().write({ n: 2 });
    const places = [path(), `${path()}.previous`];
    chmodSync(path(), 0o644);
    chmodSync(`${path()}.previous`, 0o666);
    for (let start = 0; start < 2; start++) expect(read()).toEqual({ n: 2 });
    expect(places.map((place) => statSync(place).mode & 0o777)).toEqual([0o600, 0o600]);
    expect(said).toEqual(
      Array(2).fill(expect.stringMatching(/^warn the file was open to other users; it is private now/)),
    );
  });
});

describe('a state file and its previous copy', () => {
  it('says nothing of what is in a damaged one', async () => {
    await open().write({ n: 1 });
    const spoilt = '{"n": 1, "refresh": #lasting-secret"}';
    for (const each of [path(), `${path()}.previous`]) put(each, spoilt);
    expect(read()).toEqual({ n: -1 });
    expect(said).toHaveLength(2);
    for (const line of said) expect(line).toMatch(/it is not JSON$/);
  });

  it('takes the value before a broken one, and keeps it over the next write', async () => {
    await open().write({ n: 1 });
    await open().write({ n: 2 });
    put(path(), '{"n": ');
    const state = open();
    expect(state.read({ n: -1 }, isCounted)).toEqual({ n: 1 });
    expect(readFileSync(`${path()}.broken`, 'utf8')).toBe('{"n": ');
    expect(said[0]).toContain('is not usable and was set aside');
    expect(said[1]).toContain('the state before that one is used');
    await state.write({ n: 3 });
    expect(JSON.parse(readFileSync(`${path()}.previous`, 'utf8'))).toEqual({ version: 1, n: 1 });
  });

  it('goes on from nothing where both are broken', async () => {
    put(path(), '{"version": 1, "n": "many"}');
    put(`${path()}.previous`, '');
    expect(read()).toEqual({ n: -1 });
    expect(said).toHaveLength(2);
    expect(readFileSync(path(), 'utf8')).toBe('{"version": 1, "n": "many"}');
  });

  it('leaves a broken one where it is until something good takes its place, so that nobody takes it for none', async () => {
    await open().write({ n: 1 });
    await open().write({ n: 2 });
    put(path(), '{"n": ');
    const doubt = (state: StateFile<Counted>) => state.read({ n: -1 }, isCounted, { n: 99 });
    expect(doubt(open())).toEqual({ n: 99 });
    expect(doubt(open())).toEqual({ n: 99 });
    expect([read(), read()]).toEqual([{ n: 1 }, { n: 1 }]);
    const state = open();
    state.read({ n: -1 }, isCounted);
    await state.mend();
    said = [];
    expect(read()).toEqual({ n: 1 });
    expect(said).toEqual([]);
    expect(readFileSync(`${path()}.broken`, 'utf8')).toBe('{"n": ');
  });

  it('takes the value before one that can not be read, and leaves that alone until there is another', async () => {
    await open().write({ n: 1 });
    await open().write({ n: 2 });
    rmSync(path());
    mkdirSync(path());
    const state = open();
    expect(state.read({ n: -1 }, isCounted)).toEqual({ n: 1 });
    await state.mend();
    expect(statSync(path()).isDirectory()).toBe(true);
    rmSync(path(), { recursive: true });
    await state.write({ n: 3 });
    expect(read()).toEqual({ n: 3 });
  });

  it('keeps the newest three broken ones, each once', () => {
    for (const text of ['a', 'b', 'c', 'd', 'd']) {
      put(path(), text);
      read();
      rmSync(path());
    }
    const kept = ['', '.1', '.2', '.3'].map((age) => `${path()}.broken${age}`);
    expect(kept.filter((name) => existsSync(name)).map((name) => readFileSync(name, 'utf8'))).toEqual(['d', 'c', 'b']);
  });

  it('takes a file of before there were versions for one of the first', () => {
    put(path(), '{"n": 7}');
    expect(read()).toEqual({ n: 7 });
    expect(said).toEqual([]);
  });

  it('sets a file of a newer program aside, says so once, and takes the one before where it can', async () => {
    await open().write({ n: 1 });
    await open().write({ n: 2 });
    const newer = '{"version": 2, "n": 3, "more": true}';
    put(path(), newer);
    expect(read()).toEqual({ n: 1 });
    expect(readFileSync(`${path()}.newer`, 'utf8')).toBe(newer);
    expect(existsSync(`${path()}.broken`)).toBe(false);
    expect(said[0]).toMatch(
      /is of a newer carter-bridge and was set aside as .*\.newer: it has version 2, .* knows 1; to use/,
    );
    expect(said[1]).toContain('the state before that one is used');
    expect(said).toHaveLength(2);
  });

  it('goes on from nothing, and says so once a start, where both are of a newer program', () => {
    put(path(), '{"version": 3}');
    put(`${path()}.previous`, '{"version": 2}');
    expect(read()).toEqual({ n: -1 });
    expect(said).toHaveLength(1);
    expect(read()).toEqual({ n: -1 });
    expect(said).toHaveLength(2);
  });

  it.each(['0', '1.5', '"1"', 'null', '[]'])('takes a file of version %s for broken', (version) => {
    put(path(), `{"version": ${version}, "n": 1}`);
    expect(read()).toEqual({ n: -1 });
    expect(existsSync(`${path()}.broken`)).toBe(true);
  });

  it.each([
    ['broken', () => put(path(), '{"n": ')],
    ['of a newer program', () => put(path(), '{"version": 2, "n": 9}')],
    ['no file at all', () => mkdirSync(path())],
  ])('takes what is given for the case of doubt where it is %s', async (_what, spoil) => {
    const doubt = () => open().read({ n: -1 }, isCounted, { n: 99 });
    expect(doubt()).toEqual({ n: -1 });
    await open().write({ n: 1 });
    await open().write({ n: 2 });
    expect(doubt()).toEqual({ n: 2 });
    rmSync(path());
    spoil();
    expect(doubt()).toEqual({ n: 99 });
  });

  it('does not bring back a file that its owner deleted', async () => {
    await open().write({ n: 1 });
    await open().write({ n: 2 });
    rmSync(path());
    expect(read()).toEqual({ n: -1 });
    expect(said).toEqual([]);
  });

  it('takes nothing for written that it said was not, as where the folder could not be synced', async () => {
    const state = open();
    await state.write({ n: 1 });
    const refusal = Object.assign(new Error('EIO: i/o error, fsync'), { code: 'EIO', syscall: 'fsync' });
    const sync = vi.spyOn(handles, 'sync').mockResolvedValueOnce().mockRejectedValueOnce(refusal);
    expect(await state.write({ n: 2 })).toBe(false);
    sync.mockRestore();
    expect(await state.write({ n: 1 })).toBe(true);
    expect(read()).toEqual({ n: 1 });
  });

  it('has no trouble any more once what is to be there is what was there before', async () => {
    const state = open();
    await state.write({ n: 1 });
    mkdirSync(`${path()}.new`);
    expect(await state.write({ n: 2 })).toBe(false);
    expect(await state.write({ n: 1 })).toBe(true);
    expect(state.failing).toBe(false);
  });

  it('says once that the disk does not answer, and that it does again', async () => {
    const state = open();
    for (let n = 0; n < 3; n++) state.hangs();
    expect([state.failing, state.failures]).toEqual([true, 3]);
    expect(await state.write({ n: 1 })).toBe(true);
    expect(state.failing).toBe(false);
    expect(said).toEqual([
      'warn the state file is not written: the disk does not answer; what it should remember is lost at the next start',
      'info the state file can be written again',
    ]);
  });

  it('that is worse than nothing is gone where it can not be written anew, but not what is written later', async () => {
    const state = open();
    await state.write({ n: 1 });
    await state.write({ n: 2 });
    const full = vi.spyOn(handles, 'sync').mockRejectedValue(Object.assign(new Error('full'), { code: 'ENOSPC' }));
    expect(await state.write({ n: 3 })).toBe(false);
    expect(read()).toEqual({ n: 2 });
    expect(await state.writeOrRemove({ n: 3 })).toBe(false);
    expect(read()).toEqual({ n: -1 });
    full.mockRestore();
    await state.write({ n: 4 });
    vi.spyOn(handles, 'sync').mockRejectedValueOnce(Object.assign(new Error('full'), { code: 'ENOSPC' }));
    const written = [state.writeOrRemove({ n: 5 })];
    await Promise.resolve();
    written.push(state.write({ n: 6 }));
    expect(await Promise.all(written)).toEqual([false, true]);
    expect(read()).toEqual({ n: 6 });
    vi.restoreAllMocks();
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
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ version: 1, n: 1 });
    mend();
    expect(await state.write({ n: 5 })).toBe(true);
    expect(said[1]).toBe('info the state file can be written again');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ version: 1, n: 5 });
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
