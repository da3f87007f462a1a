import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { probeOnoff } from '../../src/port/onoff-probe.js';

const folder = mkdtempSync(join(tmpdir(), 'gpio-'));
writeFileSync(join(folder, 'export'), '');
afterAll(() => rmSync(folder, { recursive: true }));

const failing = (code: string) => () => Promise.reject(Object.assign(new Error(`long text\n  at stack`), { code }));

describe('probeOnoff', () => {
  it('says in a sentence that the kernel has no sysfs GPIO', async () => {
    expect(await probeOnoff(undefined, '/nonexistent/gpio')).toEqual({
      usable: false,
      reason: 'this kernel has no sysfs GPIO (/nonexistent/gpio/export does not exist)',
    });
  });

  it('says that the package is not installed', async () => {
    const probe = await probeOnoff(failing('ERR_MODULE_NOT_FOUND'), folder);
    expect(probe).toEqual({ usable: false, reason: 'the optional package onoff is not installed' });
  });

  it('says that the native part does not fit, without a stack', async () => {
    const probe = await probeOnoff(failing('ERR_DLOPEN_FAILED'), folder);
    expect(probe.usable).toBe(false);
    expect(probe.reason).toContain('npm rebuild epoll');
    expect(probe.reason).not.toContain('\n');
  });

  it('loads the real package, where it is installed', async () => {
    const { usable, reason } = await probeOnoff(undefined, folder);
    expect(usable || /not installed|not built/.test(reason)).toBe(true);
  });
});
