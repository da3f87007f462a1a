import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BridgeError } from '../../src/error.js';
import { createLogger, type LoggerOptions, readByPeople } from '../../src/logger.js';

function logger(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  const log = createLogger({ level: 'info', secrets: [], pretty: false, ...options, destination });
  return { log, lines, json: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

const error = new BridgeError('port/missing', 'no such port', { hint: 'plug it in', cause: new Error('gone') });

describe('JSON lines', () => {
  it('carry level, time, device, fields and message, in the same tick', () => {
    const { log, json } = logger();
    log.child({ device: 'greenhouse' }).warn({ baud: 9600 }, 'slow');
    expect(json()).toEqual([
      { level: 'warn', time: expect.stringMatching(/^\d{4}-.*Z$/), device: 'greenhouse', baud: 9600, msg: 'slow' },
    ]);
  });

  it('show an error as message, code, hint and cause; its stack at debug level only', () => {
    const { log, json } = logger();
    log.warn({ err: error, other: new Error('plain') }, 'failed');
    expect(json()[0]).toMatchObject({ other: { message: 'plain' } });
    expect(json()[0]?.['err']).toEqual({
      message: 'no such port',
      code: 'port/missing',
      hint: 'plug it in',
      cause: { message: 'gone' },
    });
    const debug = logger({ level: 'debug' });
    debug.log.warn({ err: error }, 'failed');
    expect(debug.json()[0]?.['err']).toMatchObject({
      stack: expect.arrayContaining([expect.stringContaining('logger.test')]),
    });
  });

  it('keep to their level', () => {
    const { log, lines } = logger({ level: 'warn' });
    log.info({}, 'no');
    log.error({}, 'yes');
    expect(lines).toHaveLength(1);
  });
});

it('hides what is left of a secret that was cut off', () => {
  const { log, json } = logger({ secrets: ['correct-horse-battery-staple'] });
  log.info({ why: 'token correct-horse-b… is old' }, 'closed: correct-horse-battery…, correct-horses…, corre…');
  expect(json()).toMatchObject([
    { why: 'token [redacted]… is old', msg: 'closed: [redacted]…, correct-horses…, corre…' },
  ]);
});

describe('a log that takes other wishes', () => {
  it('goes by them from then on, in its children too', () => {
    const { log, json } = logger({ level: 'warn', secrets: ['hunter2'] });
    const child = log.child({ device: 'shed' });
    child.info({}, 'hunter2 *******');
    log.take({ level: 'debug', secrets: ['hunter3'] });
    child.debug({}, 'hunter2 hunter3');
    log.take({ level: 'error', secrets: [] });
    child.warn({}, 'hunter2 hunter3');
    expect(json().map(({ msg }) => msg)).toEqual(['hunter2 [redacted]']);
  });
});

describe('a log that learns of a secret', () => {
  it('hides it in all its children, whatever else it is told to hide, and the last 32 of them', () => {
    const { log, json } = logger({ secrets: ['hunter2'] });
    const child = log.child({ device: 'shed' });
    child.hide?.('minted-0');
    for (let n = 1; n <= 32; n++) child.hide?.(`minted-${n}!`);
    log.take({ level: 'info', secrets: ['hunter3'] });
    log.child({}).info({}, 'hunter3 minted-1! minted-32! minted-0');
    expect(json().map(({ msg }) => msg)).toEqual(['[redacted] [redacted] [redacted] minted-0']);
  });
});

it('goes on whatever it has to hide, and hides it', () => {
  const [long, quoted] = ['k'.repeat(60_000), '"'.repeat(60_000)];
  const { log, json } = logger({ secrets: ['hunter2', long] });
  log.hide?.(quoted);
  log.info({ why: quoted }, `hunter2 ${long}!`);
  expect(json()).toMatchObject([{ why: '[redacted]', msg: '[redacted] [redacted]!' }]);
});

describe('terminal lines', () => {
  it('are short', () => {
    const { log, lines } = logger({ pretty: true });
    log.child({ device: 'greenhouse' }).warn({ err: error, failures: 3 }, 'connection failed');
    log.info({}, 'ready');
    const text = lines.map((line) => line.replace(/^\d\d:\d\d:\d\d/, 'TIME'));
    expect(text).toEqual([
      'TIME WARN: greenhouse: connection failed: no such port; plug it in [port/missing] {"failures":3}\n',
      'TIME INFO: ready\n',
    ]);
  });

  it('have a stack at debug level only', () => {
    const { log, lines } = logger({ pretty: true, level: 'debug' });
    log.warn({ err: error }, 'connection failed');
    expect(lines.join('')).toMatch(/\[port\/missing\]\n {4}at .*logger\.test/);
  });
});

describe('every line', () => {
  const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;
  const SECRETS = ['hunter2hunter2', 'a"b\\c', 'é+/=', '8765432', 'tab\there'];

  it('shows no secret and no control character, whatever is logged', () => {
    const part = fc.oneof(
      fc.constantFrom(...SECRETS),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constant('\u001b[2J\n'),
    );
    const text = fc.array(part, { maxLength: 6 }).map((parts) => parts.join(''));
    const value = fc.oneof(
      text,
      fc.integer(),
      fc.array(text, { maxLength: 2 }),
      fc.dictionary(text, text, { maxKeys: 2 }),
      text.map((t) => new Error(t)),
    );
    fc.assert(
      fc.property(fc.dictionary(text, value, { maxKeys: 3 }), text, fc.boolean(), (fields, message, pretty) => {
        const { log, lines } = logger({ secrets: SECRETS, pretty });
        log.child({ device: 'a' }).warn({ ...fields, port: 8765432, url: encodeURIComponent('é+/=') }, message);
        const all = lines.join('');
        expect(lines).toHaveLength(1);
        expect(all.slice(0, -1)).not.toMatch(RAW);
        expect(all.slice(0, -1)).not.toContain('\n');
        for (const secret of SECRETS) expect(all).not.toContain(secret);
        expect(all).not.toContain(encodeURIComponent('é+/='));
        if (!pretty) JSON.parse(all);
      }),
      { numRuns: 150 },
    );
  });

  it('is short, even where an error of others tells a lot, and never shows half a secret', () => {
    for (const pretty of [true, false]) {
      const { log, lines } = logger({ secrets: ['hunter2hunter2'], pretty, level: 'debug' });
      const long = `${'x'.repeat(1_990)}hunter2hunter2${'\nx'.repeat(50_000)}`;
      log.warn({ err: new BridgeError('a/b', 'no', { cause: new Error(long) }), said: long }, long);
      expect(lines.join('').length).toBeLessThan(20_000);
      expect(lines.join('')).not.toContain('hunter2');
    }
  });

  it('leaves words alone that only look like short secrets', () => {
    const { log, json } = logger({ secrets: ['on', ''] });
    log.info({}, 'connection');
    expect(json()[0]?.['msg']).toBe('connection');
  });
});

it('is for people on a terminal, but not under systemd', () => {
  expect([readByPeople(true, {}), readByPeople(false, {}), readByPeople(true, { JOURNAL_STREAM: '8:1' })]).toEqual([
    true,
    false,
    false,
  ]);
});
