import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BoardMemory } from '../../src/device/board-memory.js';
import { Boards } from '../../src/device/boards.js';
import type { FoundBoard } from '../../src/device/discovery.js';
import type { DriverKind } from '../../src/device/driver-kind.js';
import { HandoverLine } from '../../src/device/handover-line.js';
import { fullManifest } from '../../src/device/manifest.js';
import { type Log, silentLog } from '../../src/log.js';
import type { OpenLine } from '../../src/port/line-link.js';
import { StateFile } from '../../src/state/state-file.js';
import { eventually } from '../support/eventually.js';
import { FakePort } from '../support/fake-line.js';

const NEVER = new AbortController().signal;
const folders: string[] = [];
const running: Boards[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((boards) => boards.stop()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const kind: DriverKind = {
  kind: 'board',
  summary: '',
  options: z.unknown(),
  inFlight: 'device',
  pulses: true,
  create: () => {
    throw new Error('not in this test');
  },
};
const ignore = { line: () => {}, defect: () => {} };

function setUp(waiting: string[], options: { file?: string; discover?: boolean; welcomesNew?: boolean } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'carter-boards-'));
  folders.push(folder);
  const file = options.file ?? join(folder, 'boards.json');
  const warnings: string[] = [];
  const log: Log = { ...silentLog, warn: (_fields, message) => void warnings.push(message) };
  const adopted: { id: string; approved: boolean }[] = [];
  const consent = new Map<string, boolean>();
  const again: string[] = [];
  const opened: unknown[] = [];
  const welcomed: string[] = [];
  const abandoned: string[] = [];
  const openLine: OpenLine = async (request, handlers, signal) => {
    opened.push(request.port);
    return await new FakePort().open(request, handlers, signal);
  };
  const boards = new Boards({
    waiting: new Map(waiting.map((id) => [id, 'board'])),
    isTaken: (id) => waiting.includes(id) || adopted.some((device) => device.id === id && !abandoned.includes(id)),
    memory: new BoardMemory(new StateFile(file, log)),
    openLine,
    log,
    adopt: options.discover === false ? undefined : (id, _kind, approved) => void adopted.push({ id, approved }),
    consent: (id, approved) => void consent.set(id, approved),
    askAgain: (path) => void again.push(path),
    abandon: (id) => void abandoned.push(id),
    welcomesNew: () => options.welcomesNew ?? false,
    welcomed: (id) => void welcomed.push(id),
  });
  running.push(boards);
  return { boards, consent, again, adopted, abandoned, warnings, opened, welcomed, file };
}

/** Boards that were plugged in together. */
function tell(boards: Boards, ...together: FoundBoard[]): void {
  for (const board of together) boards.found(board);
  boards.settled();
}

let usbPaths = 0;
async function found(
  id: string,
  usb: { serialNumber?: string; byPath?: string } = {},
): Promise<FoundBoard & { fake: FakePort }> {
  const fake = new FakePort();
  const path = `/dev/ttyUSB${usbPaths++}`;
  const { serialNumber, byPath } = usb;
  const line = await HandoverLine.open(fake.open, { port: path, baud: 115200 }, ignore, NEVER);
  const identity = { vendorId: '1a86', productId: '7523', ...(serialNumber ? { serialNumber } : {}) };
  const port = { path, usb: identity, ...(byPath ? { byPath } : {}) };
  return { port, kind, identity: { id }, line, fake };
}

const isOpen = async (boards: Boards, device: string) =>
  await boards.seats
    .opener(device)({ port: 'auto', baud: 115200 }, ignore, NEVER)
    .then(
      (link) => link.path,
      (error: Error) => error.message,
    );

describe('boards and devices', () => {
  it('a board that names a device gets it, with the line that is open already', async () => {
    const { boards, adopted, opened } = setUp(['shed']);
    let woken = 0;
    boards.seats.watch('shed', () => woken++);
    expect(await isOpen(boards, 'shed')).toMatch(/no board that is shed/);
    tell(boards, await found('shed'));
    expect(woken).toBe(1);
    expect(await isOpen(boards, 'shed')).toBe('/dev/fake');
    expect(opened).toEqual([]);
    expect(adopted).toEqual([]);
  });

  it('opens the port anew when the first session is over', async () => {
    const { boards, opened } = setUp(['shed']);
    const board = await found('shed');
    tell(boards, board);
    await isOpen(boards, 'shed');
    await isOpen(boards, 'shed');
    expect(opened).toEqual([board.port.path]);
  });

  it('forgets a board that was unplugged', async () => {
    const { boards } = setUp(['shed']);
    const board = await found('shed');
    tell(boards, board);
    boards.gone(board.port.path);
    expect(await isOpen(boards, 'shed')).toMatch(/no board that is shed/);
  });

  it('joins the only unknown board to the only free device, and remembers it', async () => {
    const first = setUp(['shed']);
    tell(first.boards, await found('uno', { serialNumber: 'A1' }));
    expect(await isOpen(first.boards, 'shed')).toBe('/dev/fake');
    await eventually(() => existsSync(first.file)).toBe(true);
    const second = setUp(['shed', 'barn'], { file: first.file });
    tell(second.boards, await found('uno', { serialNumber: 'A1' }), await found('due', { serialNumber: 'B2' }));
    expect(await isOpen(second.boards, 'shed')).toBe('/dev/fake');
    expect(await isOpen(second.boards, 'barn')).toBe('/dev/fake');
    expect(second.adopted).toEqual([]);
  });

  it('asks instead of guessing when two unknown boards could be the one', async () => {
    const { boards, adopted } = setUp(['shed']);
    tell(boards, await found('uno'), await found('due'));
    expect(await isOpen(boards, 'shed')).toMatch(/no board that is shed/);
    expect(adopted).toEqual([
      { id: 'uno', approved: false },
      { id: 'due', approved: false },
    ]);
  });

  it('asks which one it is when clones say the same name', async () => {
    const { boards, adopted, warnings, again } = setUp(['shed']);
    tell(boards, await found('shed', { byPath: 'usb-1' }), await found('shed', { byPath: 'usb-2' }));
    expect(again).toHaveLength(1);
    tell(boards, await found('shed', { byPath: 'usb-1' }));
    expect(await isOpen(boards, 'shed')).toMatch(/no board that is shed/);
    expect(adopted.map(({ id }) => id)).toEqual(['shed_2', 'shed_3']);
    expect(warnings.join('\n')).toContain('several boards could be shed');
  });

  it('tells clones apart by what it remembers of the right one', async () => {
    const first = setUp(['shed']);
    tell(first.boards, await found('shed', { byPath: 'usb-1' }));
    await eventually(() => existsSync(first.file)).toBe(true);
    const second = setUp(['shed'], { file: first.file });
    const twin = await found('shed', { byPath: 'usb-2' });
    const right = await found('shed', { byPath: 'usb-1' });
    tell(second.boards, twin, right);
    expect(await isOpen(second.boards, 'shed')).toBe('/dev/fake');
    expect(right.fake.isOpen).toBe(true);
    expect(second.adopted).toEqual([{ id: 'shed_2', approved: false }]);
  });

  it('keeps a clone that comes later away from the device', async () => {
    const { boards, adopted } = setUp(['shed']);
    tell(boards, await found('shed', { byPath: 'usb-1' }));
    tell(boards, await found('shed', { byPath: 'usb-2' }));
    expect(adopted).toEqual([{ id: 'shed_2', approved: false }]);
  });

  it('remembers what was approved, and gives a board that comes back its device', async () => {
    const first = setUp([]);
    const board = await found('uno');
    tell(first.boards, board);
    first.boards.gone(board.port.path);
    tell(first.boards, await found('uno'));
    expect(first.adopted).toEqual([{ id: 'uno', approved: false }]);
    await first.boards.approve('uno');
    const second = setUp([], { file: first.file });
    tell(second.boards, await found('uno'));
    expect(second.adopted).toEqual([{ id: 'uno', approved: true }]);
  });

  it('leaves boards alone that nobody waits for, where discovery is off', async () => {
    const { boards, adopted } = setUp(['shed'], { discover: false });
    tell(boards, await found('shed'));
    const other = await found('other');
    tell(boards, other);
    await Promise.resolve();
    expect(adopted).toEqual([]);
    expect(other.fake.isOpen).toBe(false);
  });

  it.each(['__proto__', 'Grün-Haus Nr. 5', '', 'bridge', 'a'.repeat(60)])(
    'makes a device id of the board id %j',
    async (id) => {
      const { boards, adopted } = setUp([]);
      tell(boards, await found(id));
      expect(adopted[0]?.id).toMatch(/^[a-z][a-z0-9_]{0,15}$/);
    },
  );
});

describe('consent', () => {
  it('a board that names its device may be switched; a stranger that joins it waits for approval', async () => {
    const named = setUp(['shed']);
    tell(named.boards, await found('shed'));
    expect(named.consent.get('shed')).toBe(true);
    const joined = setUp(['shed']);
    tell(joined.boards, await found('uno'));
    expect(joined.consent.get('shed')).toBe(false);
    expect(await joined.boards.approve('shed')).toBe(true);
    const later = setUp(['shed'], { file: joined.file });
    tell(later.boards, await found('uno'));
    expect(later.consent.get('shed')).toBe(true);
  });

  it('is for the points that the board had then: with others it waits for approval again', async () => {
    const first = setUp([]);
    const board = await found('uno');
    tell(first.boards, { ...board, identity: { id: 'uno', manifest: '11111111' } });
    await first.boards.approve('uno');
    const later = async (manifest: string) => {
      const next = setUp([], { file: first.file });
      tell(next.boards, { ...(await found('uno')), identity: { id: 'uno', manifest } });
      return next;
    };
    expect((await later('11111111')).consent.get('uno')).toBe(true);
    const changed = await later('22222222');
    expect(changed.consent.get('uno')).toBe(false);
    expect(changed.warnings).toEqual([expect.stringMatching(/points of uno are others .* until you approve it again/)]);
    // Who puts the old firmware back has what was approved.
    expect((await later('11111111')).consent.get('uno')).toBe(true);
    const again = await later('22222222');
    await again.boards.approve('uno');
    expect((await later('22222222')).consent.get('uno')).toBe(true);
    expect((await later('11111111')).consent.get('uno')).toBe(false);
  });

  it('ends when the board comes back from a reset with other points', async () => {
    const { boards, consent } = setUp([]);
    tell(boards, { ...(await found('uno')), identity: { id: 'uno', manifest: '11111111' } });
    await boards.approve('uno');
    consent.set('uno', true);
    boards.meets('uno', { id: 'uno', manifest: '11111111' });
    expect(consent.get('uno')).toBe(true);
    boards.meets('uno', { id: 'uno', manifest: '22222222' });
    expect(consent.get('uno')).toBe(false);
    boards.meets('uno', { id: 'uno', manifest: '11111111' });
    expect(consent.get('uno')).toBe(true);
  });

  it('of a board that was approved before its points were remembered is for those that it has now', async () => {
    const { boards, file } = setUp([]);
    tell(boards, await found('uno'));
    await boards.approve('uno');
    expect(readFileSync(file, 'utf8')).not.toContain('11111111');
    const next = setUp([], { file });
    tell(next.boards, { ...(await found('uno')), identity: { id: 'uno', manifest: '11111111' } });
    expect(next.consent.get('uno')).toBe(true);
    await next.boards.stop();
    const last = setUp([], { file });
    tell(last.boards, { ...(await found('uno')), identity: { id: 'uno', manifest: '22222222' } });
    expect(last.consent.get('uno')).toBe(false);
  });

  it('is given by the config itself, whatever the points of the board that it names', async () => {
    const { boards, consent } = setUp(['shed']);
    tell(boards, { ...(await found('shed')), identity: { id: 'shed', manifest: '11111111' } });
    boards.meets('shed', { id: 'shed', manifest: '22222222' });
    expect(consent.get('shed')).toBe(true);
  });

  it('is given to every new board while new boards are welcome, and to no changed one', async () => {
    const welcome = setUp([], { welcomesNew: true });
    tell(welcome.boards, { ...(await found('uno')), identity: { id: 'uno', manifest: '11111111' } });
    expect(welcome.adopted).toEqual([{ id: 'uno', approved: true }]);
    await welcome.boards.stop();
    const later = setUp([], { file: welcome.file });
    tell(later.boards, { ...(await found('uno')), identity: { id: 'uno', manifest: '11111111' } });
    expect(later.consent.get('uno')).toBe(true);
    const changed = setUp([], { file: welcome.file, welcomesNew: true });
    tell(changed.boards, { ...(await found('uno')), identity: { id: 'uno', manifest: '22222222' } });
    expect(changed.consent.get('uno')).toBe(false);
  });

  it('is given while new boards are welcome to those that were never seen before only, and told', async () => {
    const options = { welcomesNew: false };
    const { boards, consent, welcomed } = setUp([], options);
    const old = await found('old');
    tell(boards, old);
    options.welcomesNew = true;
    boards.gone(old.port.path);
    tell(boards, await found('old'), await found('young'));
    expect([consent.get('old'), consent.get('young'), welcomed]).toEqual([false, true, ['young']]);
  });

  it('can not be given while the board is away, and what was given then stays what it was', async () => {
    const { boards, consent } = setUp([]);
    const other = async () => ({ ...(await found('uno')), identity: { id: 'uno', manifest: '66666666' } });
    const uno = { ...(await found('uno')), identity: { id: 'uno', manifest: '11111111' } };
    tell(boards, uno);
    boards.gone(uno.port.path);
    expect(boards.approve('uno')).toBe(undefined);
    const back = await other();
    tell(boards, back);
    expect(consent.get('uno')).toBe(false);
    await boards.approve('uno');
    boards.gone(back.port.path);
    expect(boards.approve('uno')).toBe(undefined);
    tell(boards, { ...(await found('uno')), identity: { id: 'uno', manifest: '11111111' } });
    expect(consent.get('uno')).toBe(false);
  });

  it('is for the points that were shown, and for no others that came just before it', async () => {
    const { boards, consent } = setUp([]);
    tell(boards, { ...(await found('uno')), identity: { id: 'uno', manifest: '11111111' } });
    boards.meets('uno', { id: 'uno', manifest: '22222222' });
    for (const manifest of ['11111111', undefined]) {
      expect(() => boards.approve('uno', { manifest })).toThrow(/others than those that were shown/);
    }
    boards.meets('uno', { id: 'uno', manifest: '22222222' });
    expect(consent.get('uno')).toBe(false);
    expect(await boards.approve('uno', { manifest: '22222222' })).toBe(true);
  });

  it('is for points that the board has described, not for what it says that they are', async () => {
    const { boards, consent, file } = setUp([]);
    const sensor = fullManifest('11111111', 'a sensor');
    const siren = fullManifest('11111111', 'a siren');
    tell(boards, { ...(await found('uno')), identity: { id: 'uno', manifest: '11111111' } });
    await boards.approve('uno');
    boards.meets('uno', { id: 'uno', manifest: sensor });
    await boards.stop();
    expect(readFileSync(file, 'utf8')).toContain(sensor);
    const next = setUp([], { file });
    tell(next.boards, { ...(await found('uno')), identity: { id: 'uno', manifest: '11111111' } });
    next.boards.meets('uno', { id: 'uno', manifest: sensor });
    expect(next.consent.get('uno') ?? next.adopted[0]?.approved).toBe(true);
    next.boards.meets('uno', { id: 'uno', manifest: siren });
    expect([next.consent.get('uno'), consent.get('uno')]).toEqual([false, true]);
  });

  it('of the config is said to be for other points than last time', async () => {
    const { boards, warnings, file } = setUp(['shed']);
    tell(boards, await found('shed'));
    boards.meets('shed', { id: 'shed', manifest: '11111111' });
    boards.meets('shed', { id: 'shed', manifest: '11111111' });
    await boards.stop();
    expect(warnings).toEqual([]);
    const next = setUp(['shed'], { file });
    tell(next.boards, await found('shed'));
    next.boards.meets('shed', { id: 'shed', manifest: '22222222' });
    next.boards.meets('shed', { id: 'shed', manifest: '22222222' });
    expect(next.warnings).toEqual([expect.stringMatching(/points of shed are others than last time/)]);
    expect(next.consent.get('shed')).toBe(true);
  });

  it('a board that answers with another id is refused, loses the place, and its port is asked anew', async () => {
    const { boards, again } = setUp([]);
    const board = await found('uno');
    tell(boards, board);
    await isOpen(boards, 'uno');
    boards.meets('uno', { id: 'uno' });
    expect(() => boards.meets('uno', { id: 'evil' })).toThrow(/expected the board `uno`, got `evil`/);
    expect(again).toEqual([board.port.path]);
    expect(board.fake.isOpen).toBe(false);
    expect(await isOpen(boards, 'uno')).toMatch(/no board that is uno/);
  });

  it('a clone inherits neither name nor consent while the right board is there', async () => {
    const first = setUp([]);
    tell(first.boards, await found('uno', { byPath: 'usb-1' }));
    await first.boards.approve('uno');
    const second = setUp([], { file: first.file });
    tell(second.boards, await found('uno', { byPath: 'usb-2' }), await found('uno', { byPath: 'usb-1' }));
    expect(new Map(second.adopted.map(({ id, approved }) => [id, approved]))).toEqual(
      new Map([
        ['uno', true],
        ['uno_2', false],
      ]),
    );
    await second.boards.approve('uno_2');
    const third = setUp([], { file: first.file });
    tell(third.boards, await found('uno', { byPath: 'usb-2' }));
    expect(third.adopted).toEqual([{ id: 'uno_2', approved: true }]);
  });

  it('a board in another socket keeps its name but is approved anew; the approved one takes its place back', async () => {
    const { boards, adopted, consent, warnings, again } = setUp([]);
    const right = await found('uno', { byPath: 'usb-1' });
    tell(boards, right);
    await boards.approve('uno');
    boards.gone(right.port.path);
    const moved = await found('uno', { byPath: 'usb-2' });
    tell(boards, moved);
    expect(adopted).toHaveLength(1);
    expect(consent.get('uno')).toBe(false);
    expect(warnings.join()).toContain('approve uno again');
    tell(boards, await found('uno', { byPath: 'usb-1' }));
    expect(consent.get('uno')).toBe(true);
    expect(again).toEqual([moved.port.path]);
    expect(moved.fake.isOpen).toBe(false);
  });

  it("the board with the device's own id beats a remembered stranger, whose approval is forgotten", async () => {
    const { boards, adopted, consent, again } = setUp(['shed']);
    const stranger = await found('uno');
    tell(boards, stranger);
    await boards.approve('shed');
    tell(boards, await found('shed'));
    expect(consent.get('shed')).toBe(true);
    expect(again).toEqual([stranger.port.path]);
    tell(boards, await found('uno'));
    expect(adopted).toEqual([{ id: 'uno', approved: false }]);
  });

  it('decides at once what needs no guessing', async () => {
    const { boards, adopted, consent } = setUp(['shed', 'barn']);
    boards.found(await found('shed'));
    expect(consent.get('shed')).toBe(true);
    boards.found(await found('uno'));
    expect(consent.has('barn')).toBe(false);
    boards.settled();
    expect(consent.get('barn')).toBe(false);
    boards.found(await found('due'));
    expect(adopted).toEqual([{ id: 'due', approved: false }]);
  });

  it('makes at most 32 devices of boards, with ids of at most 16 characters', async () => {
    const { boards, adopted, warnings } = setUp([]);
    const refused = [];
    for (let n = 0; n < 40; n++) {
      const board = await found('a_very_long_name', { serialNumber: `S${n}` });
      tell(boards, board);
      if (!board.fake.isOpen) refused.push(n);
    }
    expect(adopted).toHaveLength(32);
    expect(Math.max(...adopted.map(({ id }) => id.length))).toBe(16);
    expect(refused).toHaveLength(8);
    expect(warnings.filter((text) => text.includes('left alone'))).toHaveLength(1);
  });

  it('gives the place of a board that is away and was never approved to a new one, and no other', async () => {
    const { boards, adopted, abandoned } = setUp([]);
    for (const id of ['approved', 'away', 'away_too']) {
      const board = await found(id);
      tell(boards, board);
      if (id === 'approved') await boards.approve(id);
      boards.gone(board.port.path);
    }
    for (let n = 0; n < 29; n++) tell(boards, await found(`there${n}`));
    expect([adopted.length, abandoned]).toEqual([32, []]);
    tell(boards, await found('honest'));
    tell(boards, await found('away_too'));
    expect([adopted.at(-1)?.id, abandoned]).toEqual(['honest', ['away']]);
    const late = await found('late');
    tell(boards, late);
    expect([adopted.length, abandoned, late.fake.isOpen]).toEqual([33, ['away'], false]);
  });

  it('says when an approval could not be remembered, and closes untaken lines when it stops', async () => {
    const { file } = setUp([]);
    writeFileSync(file, '');
    const { boards } = setUp([], { file: join(file, 'boards.json') });
    const board = await found('uno');
    tell(boards, board);
    expect(await boards.approve('uno')).toBe(false);
    await boards.stop();
    expect(board.fake.isOpen).toBe(false);
  });
});

describe('what was learnt of boards', () => {
  it('is on the disk once everything has stopped', async () => {
    const { boards, file } = setUp(['shed']);
    tell(boards, await found('uno', { serialNumber: 'A1' }));
    expect(existsSync(file)).toBe(false);
    await boards.stop();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ joined: { shed: expect.stringContaining('uno') } });
    expect(existsSync(`${file}.new`)).toBe(false);
  });
});

describe('a state file', () => {
  it('sets a broken file aside and says so', async () => {
    const { file } = setUp([]);
    writeFileSync(file, '{"joined": ');
    const { boards, warnings } = setUp(['shed'], { file });
    tell(boards, await found('uno'));
    expect(warnings.join('\n')).toContain('is not usable and was set aside');
    expect(readFileSync(`${file}.broken`, 'utf8')).toBe('{"joined": ');
  });

  it('writes the last of many values, and stays whole', async () => {
    const { file } = setUp([]);
    const state = new StateFile<{ n: number }>(file, silentLog);
    await Promise.all(Array.from({ length: 50 }, (_, n) => state.write({ n })));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ version: 1, n: 49 });
  });

  it('says what it cannot write, and goes on', async () => {
    const warnings: string[] = [];
    const log: Log = { ...silentLog, warn: (_fields, message) => void warnings.push(message) };
    const { file } = setUp([]);
    writeFileSync(file, '');
    await new StateFile<{ n: number }>(join(file, 'state.json'), log).write({ n: 1 });
    expect(warnings.join()).toContain('can not be written');
  });
});
