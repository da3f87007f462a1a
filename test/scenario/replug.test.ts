import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Log, silentLog } from '../../src/log.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { createVirtualPort } from '../../src/port/virtual-port.js';
import { eventually } from '../support/eventually.js';
import { embeddedRelay, forEachRelay } from '../support/relays.js';
import { Rig, says } from '../support/rig.js';

const openFiles = () => readdirSync('/proc/self/fd').length;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

forEachRelay((_name, make) => {
  describe('a board that is unplugged in mid-line', () => {
    it('is offline and unknown at once, and back within a second under another name, with nothing carried over', async () => {
      const rig = await Rig.open(make);
      const board = rig.board();
      const phone = await rig.phone();
      await phone.waitFor(says('shed', 'pump', false), 8_000);
      const oldPath = board.path;
      // The end of one line must not be glued to the beginning of the next connection's first.
      board.say('temp=2');
      await pause(20);
      const pulledAt = performance.now();
      board.pull();
      const offline = await phone.waitFor((frame) => frame['msg_type'] === 'rig.health' && frame['shed'] === 'offline');
      expect(performance.now() - pulledAt).toBeLessThan(500);
      await phone.waitFor((frame) => says('shed', 'temp', null)(frame) && frame['_full'] === false);
      const refused = phone.command({ msg_type: 'rig.cmd', dev: 'shed', point: 'pump', value: true });
      const ack = await phone.waitFor((frame) => frame['cmd_id'] === refused);
      expect(ack).toMatchObject({ ok: false, code: 'offline' });
      await pause(1_000 - (performance.now() - pulledAt));
      // Keeps the number of the old terminal taken, so that the new one gets another name; others here make terminals too.
      const placeholders = [createVirtualPort()];
      while (!existsSync(oldPath ?? '')) placeholders.push(createVirtualPort());
      const gap = phone.broadcasts.length;
      board.plug();
      const pluggedAt = performance.now();
      const isBack = (frame: JsonObject) =>
        phone.broadcasts.indexOf(frame) >= gap &&
        typeof (frame['shed'] as JsonObject | undefined)?.['temp'] === 'number';
      const back = await phone.waitFor((frame) => says('shed', 'temp')(frame) && isBack(frame), 3_000);
      expect(performance.now() - pluggedAt).toBeLessThan(1_000);
      expect(phone.broadcasts.indexOf(back)).toBeGreaterThanOrEqual(gap);
      expect(phone.broadcasts.indexOf(offline)).toBeLessThan(gap);
      await phone.waitFor(
        (frame) =>
          frame['msg_type'] === 'rig.health' && frame['shed'] === 'online' && phone.broadcasts.indexOf(frame) >= gap,
      );
      await pause(600);
      expect(board.simulator.output('pump')).toBe(false);
      const temps = phone.frames('rig.state').flatMap((frame) => {
        const value = (frame['shed'] as { temp?: unknown } | undefined)?.temp;
        return typeof value === 'number' ? [value] : [];
      });
      expect(Math.min(...temps)).toBeGreaterThanOrEqual(10);
      expect(Math.max(...temps)).toBeLessThanOrEqual(35);
      expect(board.path).not.toBe(oldPath);
      for (const placeholder of placeholders) placeholder.close();
      await rig.close();
    });
  });
});

describe('a board that stays away', () => {
  it('is told of once, however often it is tried', async () => {
    let tries = 0;
    const debug = (fields: object) => {
      if ('failures' in fields) tries++;
    };
    const log: Log = { ...silentLog, debug, child: () => log };
    const rig = await Rig.open(embeddedRelay, { log });
    const phone = await rig.phone();
    await phone.waitFor(says('shed', 'pump', false), 8_000);
    rig.board().pull();
    await phone.waitFor((frame) => frame['msg_type'] === 'rig.health' && frame['shed'] === 'offline');
    const wanted = tries + 1;
    await eventually(() => tries).toBeGreaterThan(wanted);
    const heard = phone.broadcasts.length;
    await eventually(() => tries).toBeGreaterThan(wanted + 2);
    const said = phone.broadcasts.slice(heard).filter((frame) => frame['_full'] !== true);
    const kinds = ['state', 'quality', 'health', 'devices', 'topology'].map((kind) => `rig.${kind}`);
    expect(said.filter(({ msg_type }) => kinds.includes(String(msg_type)))).toEqual([]);
    await rig.close();
  });
});

describe('a board that is plugged in and out', () => {
  it('leaves no file open and no session behind', async () => {
    const { EmbeddedRelay } = await import('../../src/relay/relay.js');
    const { systemClock } = await import('../../src/system-clock.js');
    const rig = await Rig.open(async () => {
      const relay = new EmbeddedRelay({ host: '127.0.0.1', port: 0, clock: systemClock() });
      const { url, port } = await relay.start();
      const stop = () => relay.stop();
      return { url, port, counters: {}, stop, kill: stop, freeze: () => {}, thaw: () => {} };
    });
    const phone = await rig.phone();
    await phone.waitFor(says('shed', 'pump', false), 8_000);
    const before = openFiles();
    for (let i = 0; i < 10; i++) {
      const seen = phone.broadcasts.length;
      const later = (wanted: (frame: object) => boolean) =>
        phone.waitFor((frame) => wanted(frame) && phone.broadcasts.indexOf(frame) >= seen, 4_000);
      rig.board().pull();
      await later((frame) => 'shed' in frame && frame.shed === 'offline');
      expect(existsSync(rig.board().link)).toBe(false);
      rig.board().plug();
      await later((frame) => says('shed', 'pump', false)(frame as JsonObject));
    }
    await pause(100);
    expect(Math.abs(openFiles() - before)).toBeLessThanOrEqual(2);
    await rig.close();
  });
});
