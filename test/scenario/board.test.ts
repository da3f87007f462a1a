import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BoardSimulator } from '../../devices/board/simulator.js';
import { encodeText } from '../../firmware-protocol/text.js';
import type { CliContext } from '../../src/cli/context.js';
import { getCommand } from '../../src/cli/get.js';
import { layoutCommand } from '../../src/cli/layout.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { systemClock } from '../../src/system-clock.js';
import { eventually } from '../support/eventually.js';
import type { Phone } from '../support/phone.js';
import { forEachRelay } from '../support/relays.js';
import { Rig, says } from '../support/rig.js';

const BOARD = { driver: 'board' };
const cmd = (point: string, value: unknown): JsonObject => ({ msg_type: 'rig.cmd', dev: 'shed', point, value });

/** A bench with one board, and a phone that has seen its values. */
async function open(make: Parameters<typeof Rig.open>[0]) {
  const rig = await Rig.open(make, { devices: { shed: BOARD } });
  const phone = await rig.phone();
  phone.send({ msg_type: 'control_sync_request', from: phone.name });
  await phone.waitFor(says('shed', 'pump', false), 8_000);
  return { rig, phone, board: rig.board().simulated(BoardSimulator) };
}

async function tap(phone: Phone, point: string, value: unknown): Promise<JsonObject> {
  const id = phone.command(cmd(point, value));
  return await phone.waitFor((frame) => frame['cmd_id'] === id, 4_000);
}

/** Waits for a frame that comes from now on. */
function next(phone: Phone, wanted: (frame: JsonObject) => boolean, within = 5_000): Promise<JsonObject> {
  const seen = phone.broadcasts.length;
  return phone.waitFor((frame) => wanted(frame) && phone.broadcasts.indexOf(frame) >= seen, within);
}

const health =
  (word: string) =>
  (frame: JsonObject): boolean =>
    frame['msg_type'] === 'rig.health' && frame['shed'] === word;

forEachRelay((relay, make) => {
  describe('a board that describes itself, up to the phone', () => {
    it('shows its points without a word in the config, and obeys', async () => {
      const { rig, phone, board } = await open(make);
      const described = await phone.request('rig', 'rig.describe');
      expect(JSON.stringify(described)).toContain('Turnout');
      expect(await tap(phone, 'pump', true)).toMatchObject({ ok: true, value: true });
      expect(board.output('pump')).toBe(true);
      expect(await tap(phone, 'fan', 45)).toMatchObject({ ok: true, value: 45 });
      const moved = next(phone, says('shed', 'turnout', 'thrown'));
      expect(await tap(phone, 'turnout', 'thrown')).toMatchObject({ ok: true, value: 'thrown' });
      await moved;
      const pressed = next(phone, (frame) => frame['msg_type'] === 'rig.event');
      board.happen('button', 'pressed');
      expect(await pressed).toMatchObject({ dev: 'shed', point: 'button', event: 'pressed', count: 1 });
      await rig.close();
      // The bridge put everything to its safe value when it ended.
      expect([board.output('pump'), board.output('fan')]).toEqual([false, 0]);
    });

    it('pulses by the board’s own clock', async () => {
      const { rig, phone, board } = await open(make);
      const over = next(phone, says('shed', 'pump', false));
      const id = phone.command({ msg_type: 'rig.cmd', dev: 'shed', point: 'pump', pulse_ms: 300 });
      expect(await phone.waitFor((frame) => frame['cmd_id'] === id)).toMatchObject({ ok: true, value: true });
      expect(board.output('pump')).toBe(true);
      await over;
      expect(board.output('pump')).toBe(false);
      await rig.close();
    });

    it.each([
      ['refuses', (board: BoardSimulator) => board.refuse('locked'), 'device_refused'],
      ['says nothing', (board: BoardSimulator) => board.silent(), 'timeout'],
      ['takes something else', (board: BoardSimulator) => board.lie(), 'mismatch'],
    ])('says so when the board %s', async (_what, misbehave, code) => {
      const { rig, phone, board } = await open(make);
      misbehave(board);
      expect(await tap(phone, 'pump', true)).toMatchObject({ ok: false, code });
      await rig.close();
    });

    it('refuses what was under way when the board restarts, and begins anew with safe outputs', async () => {
      const { rig, phone, board } = await open(make);
      expect(await tap(phone, 'fan', 50)).toMatchObject({ ok: true });
      board.late(700);
      const tapped = tap(phone, 'pump', true);
      await new Promise((resolve) => setTimeout(resolve, 100));
      const online = next(phone, health('online'));
      const reset = next(phone, says('shed', 'fan', 0));
      board.reset();
      board.late(0);
      expect(await tapped).toMatchObject({ ok: false, code: 'offline' });
      await online;
      await reset;
      expect([board.output('pump'), board.output('fan')]).toEqual([false, 0]);
      expect(await tap(phone, 'pump', true)).toMatchObject({ ok: true });
      await rig.close();
    });

    it('is offline when it is unplugged, and back within a second, as itself', async () => {
      const { rig, phone, board } = await open(make);
      expect(await tap(phone, 'pump', true)).toMatchObject({ ok: true });
      const offline = next(phone, health('offline'));
      const unknown = next(phone, says('shed', 'temp', null));
      const pulledAt = performance.now();
      rig.board().pull();
      await offline;
      await unknown;
      expect(performance.now() - pulledAt).toBeLessThan(1_000);
      expect(await tap(phone, 'pump', false)).toMatchObject({ ok: false, code: 'offline' });
      const online = next(phone, health('online'));
      const values = next(phone, says('shed', 'pump', false));
      const pluggedAt = performance.now();
      rig.board().plug();
      await online;
      await values;
      expect(performance.now() - pluggedAt).toBeLessThan(1_500);
      expect(board.output('pump')).toBe(false);
      expect(rig.bridge.fleet.devices.get('shed')?.identity?.id).toBe('board1');
      await rig.close();
    });

    it.runIf(relay === 'embedded relay')('can say nothing to a terminal', async () => {
      const rig = await Rig.open(make, { devices: {} });
      const { store } = rig.bridge;
      const E = '\u001b[2J\u202e';
      const plain = { role: 'sensor', type: 'text', unit: E, lease: 0, options: [] } as const;
      const points = [{ ...plain, id: 'word', label: `A${E}` }] as const;
      const mode = { ...plain, id: 'mode', role: 'actuator', type: 'enum', label: E, options: ['a', E] } as const;
      const board = new BoardSimulator(systemClock(), 7, { identity: { id: 'newcomer' }, points: [...points, mode] });
      rig.usb.plug('ttyUSB9', board);
      await eventually(() => store.points('newcomer').get('word')?.spec.label).toBe('A\\x1b[2J\\u202e');
      board.sense('word', encodeText('fine'));
      await eventually(() => store.point('newcomer', 'word')?.value).toBe('fine');
      board.sense('word', encodeText(E));
      await eventually(() => store.point('newcomer', 'word')?.value).toBe(null);
      expect(store.points('newcomer').get('mode')?.spec.options).toEqual(['a', '\\x1b[2J\\u202e']);
      const printed: string[] = [];
      const print = (line: string) => void printed.push(line);
      const context = { out: print, err: print, env: {}, homeDir: '/' } as unknown as CliContext;
      const options = { stateDir: dirname(rig.control) };
      await getCommand('newcomer', options, context);
      await layoutCommand({ ...options, contract: true }, context);
      await layoutCommand(options, context);
      expect(printed.join('')).toContain('mode');
      for (const line of printed) expect(line).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202e]/);
      await rig.close();
    });

    // Takes five seconds, and no relay has a part in it.
    it.runIf(relay === 'embedded relay')(
      'is noticed when it hears nothing any more, though it still speaks',
      async () => {
        const { rig, phone, board } = await open(make);
        expect(await tap(phone, 'pump', true)).toMatchObject({ ok: true });
        const offline = next(phone, health('offline'), 8_000);
        const deafAt = performance.now();
        board.deaf();
        await offline;
        expect(performance.now() - deafAt).toBeLessThan(6_000);
        board.deaf(false);
        await next(phone, health('online'), 8_000);
        expect(board.output('pump')).toBe(false);
        await rig.close();
      },
    );
  });
});
