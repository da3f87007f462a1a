import { afterEach, describe, expect, it } from 'vitest';
import { AvrBoard, type AvrBoardOptions } from '../../devices/board/avr-board.js';
import { AVR_HZ } from '../../devices/board/avr-chip.js';
import { GREENHOUSE } from '../../devices/board/avr-greenhouse.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { systemClock } from '../../src/system-clock.js';
import { eventually } from '../support/eventually.js';
import type { Phone } from '../support/phone.js';
import { forEachRelay, type MakeRelay } from '../support/relays.js';
import { Rig, says } from '../support/rig.js';
import { greenhouseHex } from '../support/uno-bench.js';

const cmd = (point: string, value: unknown): JsonObject => ({ msg_type: 'rig.cmd', dev: 'shed', point, value });

/** Cycles of a millisecond. */
const MS = AVR_HZ / 1_000;

let rig: Rig | undefined;
let uno: AvrBoard | undefined;

afterEach(async () => {
  await rig?.close();
  uno?.powerOff();
  rig = undefined;
});

/** Relay, bridge and the shipped firmware on an emulated Uno behind a pseudo terminal, and a phone that has seen its values. */
async function open(make: MakeRelay, options: AvrBoardOptions = {}) {
  uno = new AvrBoard(systemClock(), greenhouseHex(), options);
  rig = await Rig.open(make, { devices: { shed: { driver: 'board' } }, boards: { shed: uno } });
  const phone = await rig.phone();
  phone.send({ msg_type: 'control_sync_request', from: phone.name });
  await phone.waitFor(says('shed', 'pump', false), 8_000);
  return { rig, uno, phone };
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

/** The next command that the host writes is cut by a reset after a millisecond; it takes more than two to go over the line. */
function resetWithinSet(uno: AvrBoard): void {
  const push = uno.cable.push.bind(uno.cable);
  uno.cable.push = (bytes) => {
    push(bytes);
    if (!bytes.includes(' set ')) return;
    uno.cable.push = push;
    uno.chip.after(MS, () => uno.chip.cpu.reset());
  };
}

const health = (word: string) => (frame: JsonObject) => frame['msg_type'] === 'rig.health' && frame['shed'] === word;

// What is beyond the bridge has no part in it: one relay is enough.
forEachRelay((relay, make) => {
  describe.runIf(relay === 'embedded relay')('the shipped firmware, from its pins to the phone', () => {
    it('shows what is on its pins, and obeys', async () => {
      const { uno, phone, rig } = await open(make);
      const light = next(phone, says('shed', 'light'));
      uno.pins.analog(GREENHOUSE.light, 4.1);
      await light;
      expect(await tap(phone, 'pump', true)).toMatchObject({ ok: true, value: true });
      expect(uno.pins.level(GREENHOUSE.pump)).toBe(true);
      const pressed = next(phone, (frame) => frame['msg_type'] === 'rig.event');
      uno.pins.drive(GREENHOUSE.button, false);
      expect(await pressed).toMatchObject({ dev: 'shed', point: 'button', event: 'pressed', count: 1 });
      const moved = next(phone, says('shed', 'vent', 'open'));
      expect(await tap(phone, 'vent', 'open')).toMatchObject({ ok: true, value: 'open' });
      await moved;
      await rig.bridge.stop();
      await eventually(() => uno.pins.level(GREENHOUSE.pump)).toBe(false);
    }, 30_000);

    it('is offline when it is unplugged, and back as itself within two seconds, with its outputs at rest', async () => {
      const { uno, phone, rig } = await open(make);
      expect(await tap(phone, 'pump', true)).toMatchObject({ ok: true });
      const offline = next(phone, health('offline'));
      rig.board().pull();
      await offline;
      expect(uno.pins.level(GREENHOUSE.pump)).toBe(false);
      expect(await tap(phone, 'pump', true)).toMatchObject({ ok: false, code: 'offline' });
      const [online, values] = [next(phone, health('online')), next(phone, says('shed', 'pump', false))];
      const at = performance.now();
      rig.board().plug();
      await Promise.all([online, values]);
      expect(performance.now() - at).toBeLessThan(2_000);
      expect(uno.pins.level(GREENHOUSE.pump)).toBe(false);
      expect(rig.bridge.fleet.devices.get('shed')?.identity?.id).toBe('greenhouse');
    }, 30_000);

    it('with a supply of its own is safe within its lease once the cable is out, and nothing comes back by itself', async () => {
      const { uno, phone, rig } = await open(make, { power: 'own', resetOnPlug: false });
      expect(await tap(phone, 'pump', true)).toMatchObject({ ok: true });
      let rises = 0;
      let fell = Number.POSITIVE_INFINITY;
      uno.pins.onEdge(GREENHOUSE.pump, (high, cycle) => {
        if (high) rises++;
        else fell = cycle;
      });
      rig.board().pull();
      uno.follow();
      const pulled = uno.chip.cycles;
      await eventually(() => uno.pins.level(GREENHOUSE.pump)).toBe(false);
      // By the board's own clock: a machine that is busy lets it run slow.
      expect((fell - pulled) / MS).toBeLessThan(3_050);
      const online = next(phone, health('online'), 8_000);
      rig.board().plug();
      await online;
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect([rises, uno.chip.starts]).toEqual([0, 1]);
      expect(await tap(phone, 'pump', true)).toMatchObject({ ok: true });
    }, 30_000);

    it('begins anew when it is reset in the middle of a command, and switches nothing', async () => {
      const { uno, phone } = await open(make);
      expect(await tap(phone, 'fan', 50)).toMatchObject({ ok: true });
      const [online, rest] = [next(phone, health('online'), 8_000), next(phone, says('shed', 'fan', 0), 8_000)];
      resetWithinSet(uno);
      const id = phone.command(cmd('pump', true));
      const answer = await phone.waitFor((frame) => frame['cmd_id'] === id, 4_000);
      expect(answer).toMatchObject({ ok: false, code: 'offline' });
      await Promise.all([online, rest]);
      expect(uno.pins.level(GREENHOUSE.pump)).toBe(false);
      expect(await tap(phone, 'pump', true)).toMatchObject({ ok: true });
    }, 30_000);

    it('answers everyone in a flood of commands, and ends where the last one wanted it', async () => {
      const { uno, phone, rig } = await open(make);
      const others = [phone, await rig.phone('ben'), await rig.phone('cleo'), await rig.phone('dora')];
      const ids: string[] = [];
      let last: unknown;
      for (let n = 0; n < 120; n++) {
        last = 5 * (1 + (n % 19));
        ids.push((others[n % others.length] as Phone).command(cmd('fan', last)));
        await new Promise((resolve) => setTimeout(resolve, 8));
      }
      const answers = await Promise.all(ids.map((id) => phone.waitFor((frame) => frame['cmd_id'] === id, 20_000)));
      expect(answers.filter(({ ok }) => ok).length).toBeGreaterThan(10);
      // The last command that was accepted is what the pin has.
      expect(uno.chip.usart.overruns).toBe(0);
      const done = answers.filter(({ ok }) => ok).at(-1);
      await eventually(() => rig.bridge.store.points('shed').get('fan')?.value).toBe(done?.['value']);
      const { chip, pins } = uno;
      const [high, all] = [pins.highCycles(GREENHOUSE.fan), chip.cycles];
      await new Promise((resolve) => setTimeout(resolve, 200));
      const duty = (pins.highCycles(GREENHOUSE.fan) - high) / (chip.cycles - all);
      expect(Math.abs(duty - Number(done?.['value']) / 100)).toBeLessThan(0.02);
    }, 40_000);
  });
});
