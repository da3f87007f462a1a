import { expect, it } from 'vitest';
import { openLog } from '../../src/cli/open-log.js';

function written(logIsTerminal: boolean, env: Record<string, string> = {}, pretty = true): string {
  let text = '';
  const logStream = {
    write: (line: string) => {
      text += line;
    },
  };
  openLog({ level: 'info', secrets: ['hunter2'], pretty }, { logIsTerminal, env, logStream }).warn(
    {},
    'hunter2 is gone',
  );
  return text.replace(/\d\d:\d\d:\d\d/, 'TIME');
}

it('is in colours where a person sees it, unless NO_COLOR says otherwise', () => {
  expect(written(true)).toBe('TIME \u001b[33mWARN\u001b[39m: \u001b[36m[redacted] is gone\u001b[39m\n');
  expect(written(true, { NO_COLOR: '1' })).toBe('TIME WARN: [redacted] is gone\n');
  expect(written(true, { NO_COLOR: '' })).toContain('\u001b[33m');
  expect(written(false)).toBe('TIME WARN: [redacted] is gone\n');
});

it('has no colours in JSON', () => {
  expect(JSON.parse(written(true, {}, false))).toMatchObject({ level: 'warn', msg: '[redacted] is gone' });
});
