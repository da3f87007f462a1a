import { describe, expect, it } from 'vitest';
import { findingLines, summaryOf } from '../../src/cli/finding-lines.js';
import { textWidth } from '../../src/cli/text-width.js';
import { bridgeCheck } from '../../src/doctor/bridge.js';
import type { Finding } from '../../src/doctor/finding.js';
import type { BridgeAnswer } from '../../src/doctor/subject.js';
import { madeUp } from '../support/made-up-machine.js';

const status = { ok: true, version: '0.1.0', pid: 812, up_s: 7_300, relay: 'joined', devices: {} };

function findingsOf(bridge: BridgeAnswer): readonly Finding[] {
  return bridgeCheck({ ...madeUp(), bridge });
}

describe('the running bridge', () => {
  it('is told with its devices, and why each is not there', () => {
    const devices = {
      shed: { driver: 'board', health: 'online', state: 'live' },
      cellar: { driver: 'w1', health: 'offline', state: 'waiting', trouble: 'no bus [w1/no-bus]' },
      new: { driver: 'board', health: 'unapproved', state: 'live' },
      old: { driver: 'lines', health: 'stale', state: 'live' },
    };
    expect(findingsOf({ is: 'running', status: { ...status, devices } })).toEqual([
      { check: 'bridge', level: 'ok', text: 'Bridge 0.1.0 runs (pid 812, for 2 h).' },
      { check: 'bridge', level: 'ok', text: 'shed is online.' },
      {
        check: 'bridge',
        level: 'bad',
        text: 'cellar is offline: no bus [w1/no-bus].',
        fix: 'carter-bridge monitor cellar',
      },
      {
        check: 'bridge',
        level: 'warn',
        text: 'new waits until its outputs may be switched.',
        fix: 'carter-bridge approve new',
      },
      { check: 'bridge', level: 'warn', text: 'old is stale.', fix: 'carter-bridge monitor old' },
    ]);
  });

  it.each([
    [{ is: 'running', status: { ...status, relay: 'apart' } }, ['ok', 'bad']],
    [{ is: 'running', status: { ...status, stopped: true } }, ['ok', 'warn']],
    [{ is: 'running', status: { ...status, stopped: false } }, ['ok']],
    [{ is: 'none' }, ['hint']],
    [{ is: 'refused', why: 'EACCES' }, ['hint']],
    [{ is: 'silent', why: 'no answer' }, ['bad']],
  ] as const)('%j is judged', (bridge, levels) => {
    expect(findingsOf(bridge).map(({ level }) => level)).toEqual(levels);
  });
});

describe('findings on a terminal', () => {
  const findings: Finding[] = [
    { check: 'node', level: 'ok', text: 'All is well.' },
    {
      check: 'ports',
      level: 'warn',
      text: 'A rather long sentence that does not fit into a narrow terminal, with \u001b[31mforeign\u0007 text in it.',
      fix: 'sudo a-command-that-is-longer-than-the-terminal-is-wide-and-has-to-be-copied-as-it-is --now',
    },
  ];

  it('are wrapped to its width, and commands are not', () => {
    const lines = findingLines(findings, { columns: 60, colour: false });
    const commands = lines.filter((line) => line.trim().startsWith('$'));
    expect(commands).toHaveLength(1);
    for (const line of lines) if (!commands.includes(line)) expect(textWidth(line)).toBeLessThan(60);
    expect(lines.slice(0, 3)).toEqual([
      'ok    node      All is well.',
      'warn  ports     A rather long sentence that does not fit',
      '                into a narrow terminal, with',
    ]);
    expect(lines.join('')).not.toContain('\u001b');
  });

  it('are one line each elsewhere, and coloured only where that is wanted', () => {
    expect(findingLines(findings, { columns: undefined, colour: false })).toHaveLength(3);
    const [first] = findingLines(findings, { columns: 200, colour: true });
    expect(first).toBe('\u001b[32mok    \u001b[0mnode      All is well.');
  });

  it('are summed up', () => {
    expect(summaryOf(findings)).toBe('1 ok, 0 hints, 1 warning, nothing bad');
    expect(summaryOf([{ check: 'a', level: 'bad', text: 'x' }])).toBe('0 ok, 0 hints, 0 warnings, 1 bad');
  });
});
