import { describe, expect, it } from 'vitest';
import type { Terminal } from '../../src/cli/context.js';
import { LiveView } from '../../src/cli/live-view.js';
import { cutToWidth, textWidth } from '../../src/cli/text-width.js';
import { Store } from '../../src/state/store.js';
import { VirtualClock } from '../support/virtual-clock.js';

const UP = (lines: number) => `\u001b[${lines}A`;
const LINE = '\u001b[2K';
const BELOW = '\u001b[J';
const ALL = '\u001b[H\u001b[2J';
const OFF = '\u001b[?7l';
const ON = '\u001b[?7h';

/** A view of `count` devices with a number each, on a terminal whose size can be changed. */
function start(count: number, terminal: Terminal | undefined) {
  const clock = new VirtualClock();
  const store = new Store(clock);
  for (let n = 1; n <= count; n++) {
    store.add(`d${n}`);
    store.describe(`d${n}`, [{ id: 'temp', role: 'sensor', type: 'number', unit: '°C' }]);
  }
  const world = { terminal, printed: [] as string[] };
  const out = (text: string) => world.printed.push(text);
  const view = new LiveView({ store, clock, out, terminal: () => world.terminal, heading: ['relay', 'stop'] });
  const say = (device: string, value: number) => store.report(device, [{ point: 'temp', value }]);
  /** What was printed since the last time, after `ms`. */
  const printed = async (ms = 250) => {
    await clock.advance(ms);
    return world.printed.splice(0);
  };
  return { world, view, store, say, printed, clock };
}

/** What a terminal shows after the texts that were printed with a newline each; lines must not wrap, it scrolls at its end. */
function screen(texts: readonly string[], { columns, rows }: Terminal): string[] {
  const lines = Array.from({ length: rows }, () => '');
  let row = 0;
  let text = '';
  const write = (line: string) => {
    text = line;
    lines[row] = line;
    expect(textWidth(line)).toBeLessThanOrEqual(columns);
  };
  for (const [part, up] of `${texts.join('\n')}\n`.matchAll(/\u001b\[(?:(\d+)A|2K|J|H|2J|\?7[lh])|[\s\S]/gu)) {
    if (up) {
      // Further up than the first row: what is meant has left the screen.
      expect(Number(up)).toBeLessThanOrEqual(row);
      row -= Number(up);
      text = '';
    } else if (part === LINE) write('');
    else if (part === BELOW) lines.fill('', text === '' ? row : row + 1);
    else if (part === '\n') {
      if (row === rows - 1) lines.splice(0, rows, ...lines.slice(1), '');
      else row++;
      text = '';
    } else if (!part.startsWith('\u001b')) write(text + part);
  }
  return lines;
}

describe('on a terminal', () => {
  it('draws over what it drew, only when something changed', async () => {
    const { view, say, printed } = start(2, { columns: 80, rows: 24 });
    const picture = (one: string, two: string) =>
      [`d1 (offline)`, `  temp=${one}`, `d2 (offline)`, `  temp=${two}`].map((line) => LINE + line).join('\n');
    const pad = (text: string) => text.padEnd(13);
    expect(await printed()).toEqual([`${OFF}${picture(pad('—'), pad('—'))}${ON}${BELOW}`]);
    expect(await printed(1000)).toEqual([]);
    say('d2', 21.5);
    expect(await printed()).toEqual([`${UP(4)}${OFF}${picture(pad('—'), pad('21.5 °C'))}${ON}${BELOW}`]);
    view.stop();
    say('d2', 22);
    expect(await printed(1000)).toEqual([]);
  });

  it('shows as many lines as there are rows, and moves no further up than it can see', async () => {
    const size = { columns: 40, rows: 8 };
    const { say, printed } = start(10, size);
    const texts = await printed();
    for (let value = 0; value < 5; value++) {
      say('d1', value);
      texts.push(...(await printed()));
    }
    expect(screen(texts, size).map((line) => line.trimEnd())).toEqual([
      'd1 (offline)',
      '  temp=4 °C',
      'd2 (offline)',
      '  temp=—',
      'd3 (offline)',
      '  temp=—',
      '…',
      '',
    ]);
  });

  it.each([[1], [2], [3]])('makes do with %d rows', async (rows) => {
    const { say, printed } = start(3, { columns: 40, rows });
    await printed();
    say('d1', 1);
    const [text = ''] = await printed();
    expect(text.split('\n')).toHaveLength(Math.max(1, rows - 1));
    expect(text.startsWith(UP(Math.max(1, rows - 1)))).toBe(true);
  });

  it('begins anew, with what was above, when the terminal gets another size', async () => {
    const { world, printed } = start(5, { columns: 80, rows: 24 });
    await printed();
    const size = { columns: 30, rows: 6 };
    world.terminal = size;
    const texts = await printed();
    expect(texts[0]?.startsWith(`${ALL}relay\nstop\n${OFF}`)).toBe(true);
    expect(texts[0]?.split('\n')).toHaveLength(2 + 5);
    expect(await printed()).toEqual([]);
  });

  it.each([[1], [2], [10], [20]])('never writes a longer line than %d columns hold', async (columns) => {
    const size = { columns, rows: 30 };
    const { store, printed } = start(1, size);
    store.add('wide');
    store.describe('wide', [
      { id: 'text', role: 'sensor', type: 'string' },
      { id: 'level', role: 'sensor', type: 'number', unit: '％' },
    ]);
    store.report('wide', [{ point: 'text', value: '温度は高い🙂🙂' }]);
    store.report('wide', [{ point: 'level', value: 7 }]);
    const lines = screen(await printed(), size);
    if (columns === 10) expect(lines.slice(2, 5)).toEqual(['wide (off', '  text=温', '  level=7']);
    if (columns === 20)
      expect(lines.slice(2, 5)).toEqual(['wide (offline)', '  text=温度は高い🙂', '  level=7 ％       ']);
  });

  it('makes room for other lines, and comes back below them', async () => {
    const size = { columns: 40, rows: 12 };
    const { view, printed, world } = start(1, size);
    const texts = ['stop', ...(await printed())];
    view.clear();
    view.clear();
    world.printed.push('a warning');
    texts.push(...(await printed()));
    expect(screen(texts, size).map((line) => line.trimEnd())).toEqual([
      'stop',
      'a warning',
      'd1 (offline)',
      '  temp=—',
      ...Array.from({ length: 8 }, () => ''),
    ]);
  });
});

it('prints a line for each device that changed where there is no terminal', async () => {
  const { view, say, printed } = start(2, undefined);
  expect(await printed(1000)).toEqual(['d1 (offline)  temp=—', 'd2 (offline)  temp=—']);
  view.clear();
  say('d2', 20);
  expect(await printed(1000)).toEqual(['d2 (offline)  temp=20 °C']);
});

describe('the width of a text', () => {
  it.each([
    ['temp', 4],
    ['°C — …', 6],
    ['温度', 4],
    ['％', 2],
    ['🙂', 2],
    ['e\u0301', 1],
    ['\u200b', 0],
    ['', 0],
  ])('%j takes %d columns', (text, width) => {
    expect(textWidth(text)).toBe(width);
  });

  it('is kept to without cutting a character in two', () => {
    expect(['温度', '🙂🙂', 'abcd'].map((text) => cutToWidth(text, 3))).toEqual(['温', '🙂', 'abc']);
    expect(cutToWidth('ab', 0)).toBe('');
  });
});
