import { expect, it } from 'vitest';
import { BridgeError } from '../../src/error.js';
import { FailureLog, formatSpan } from '../../src/failure-log.js';
import type { Log } from '../../src/log.js';
import { VirtualClock } from '../support/virtual-clock.js';

function recorder() {
  const lines: string[] = [];
  const at = (level: string) => (_fields: object, message: string) => void lines.push(`${level} ${message}`);
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => log };
  return { log, lines };
}

const missing = new BridgeError('port/missing', 'no such port');
const busy = new BridgeError('port/busy', 'in use');

it('warns once, whispers repeats, and says how long it was away', async () => {
  const clock = new VirtualClock();
  const { log, lines } = recorder();
  const failures = new FailureLog(log, clock);
  failures.recovered('connection');
  failures.failed('connection', missing);
  failures.failed('connection', missing);
  await clock.advance(12_000);
  failures.failed('connection', missing);
  failures.failed('relay', missing);
  failures.recovered('connection');
  failures.recovered('connection');
  failures.failed('connection', missing);
  expect(lines).toEqual([
    'warn connection failed',
    'debug connection failed',
    'debug connection failed',
    'warn relay failed',
    'info connection works again after 12 s, 3 failures',
    'warn connection failed',
  ]);
});

it('warns again where the error is another one', () => {
  const { log, lines } = recorder();
  const failures = new FailureLog(log, new VirtualClock());
  for (const error of [missing, busy, missing, busy, new Error('x'), 'y']) failures.failed('connection', error);
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['warn', 'warn', 'debug', 'debug', 'warn', 'debug']);
});

it.each([
  [0, '0.0 s'],
  [450, '0.4 s'],
  [9_999, '9.9 s'],
  [12_000, '12 s'],
  [185_000, '3 min 5 s'],
  [7_800_000, '2 h 10 min'],
])('%d ms is %s', (ms, text) => {
  expect(formatSpan(ms)).toBe(text);
});
