import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Log, silentLog } from '../../src/log.js';
import { loadOrCreateToken } from '../../src/relay/token-file.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'relay-token-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('a missing file is made, folders too, for its owner only, and read again later', async () => {
  const path = join(folder, 'state', 'deep', 'relay-token');
  const token = await loadOrCreateToken(path);
  expect(token).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await loadOrCreateToken(path)).toBe(token);
  expect(await readdir(join(folder, 'state', 'deep'))).toEqual(['relay-token']);
});

test('two files get two tokens', async () => {
  const [a, b] = await Promise.all([loadOrCreateToken(join(folder, 'a')), loadOrCreateToken(join(folder, 'b'))]);
  expect(a).not.toBe(b);
});

test('a token of the owner is taken as it is, without the line end', async () => {
  const path = join(folder, 'token');
  await writeFile(path, 'my-own-token\r\n', { mode: 0o600 });
  expect(await loadOrCreateToken(path)).toBe('my-own-token');
});

test('a file that others can read is made private, with a warning that does not show the token', async () => {
  const path = join(folder, 'token');
  await writeFile(path, 'my-own-token\n');
  await chmod(path, 0o644);
  const warnings: string[] = [];
  const log: Log = { ...silentLog, warn: (fields, message) => warnings.push(`${JSON.stringify(fields)} ${message}`) };
  expect(await loadOrCreateToken(path, log)).toBe('my-own-token');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain(path);
  expect(warnings[0]).not.toContain('my-own-token');
  await loadOrCreateToken(path, log);
  expect(warnings).toHaveLength(1);
});

test('a folder in the place of the file keeps its mode: nobody could enter it any more', async () => {
  const path = join(folder, 'folder');
  await mkdir(path);
  await chmod(path, 0o755);
  await expect(loadOrCreateToken(path)).rejects.toMatchObject({ code: 'relay/token-file' });
  expect((await stat(path)).mode & 0o777).toBe(0o755);
});

test.each(['', '\n', 'short', 'two words here', 'line one\nline two', 'x'.repeat(513), 'tökentöken'])(
  'a file with %j is an error and stays as it is',
  async (content) => {
    const path = join(folder, 'token');
    await writeFile(path, content, { mode: 0o600 });
    await expect(loadOrCreateToken(path)).rejects.toMatchObject({
      code: 'relay/token-file',
      hint: expect.stringContaining('delete'),
    });
    expect(await readFile(path, 'utf8')).toBe(content);
  },
);

test('a path that cannot be a file is an error that names it', async () => {
  const path = join(folder, 'a-folder');
  await mkdir(path, { mode: 0o700 });
  await expect(loadOrCreateToken(path)).rejects.toMatchObject({
    code: 'relay/token-file',
    message: expect.stringContaining(path),
  });
  await expect(loadOrCreateToken('/dev/null/token')).rejects.toMatchObject({ code: 'relay/token-file' });
});
