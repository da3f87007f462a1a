import { describe, expect, it } from 'vitest';
import { loadFailure } from '../../src/port/onoff-failure.js';

const failure = (code: string) => Object.assign(new Error('long text\n  at stack'), { code });

describe('loadFailure', () => {
  it('says that the package is not installed', () => {
    expect(loadFailure(failure('ERR_MODULE_NOT_FOUND'))).toBe('the optional package onoff is not installed');
    expect(loadFailure(failure('MODULE_NOT_FOUND'))).toBe('the optional package onoff is not installed');
  });

  it('says that the native part does not fit, without a stack', () => {
    const reason = loadFailure(failure('ERR_DLOPEN_FAILED'));
    expect(reason).toContain('npm rebuild epoll');
    expect(reason).not.toContain('\n');
  });
});
