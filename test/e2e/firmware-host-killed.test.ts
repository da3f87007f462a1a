import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AvrBoard } from '../../devices/board/avr-board.js';
import { AVR_HZ } from '../../devices/board/avr-chip.js';
import { GREENHOUSE } from '../../devices/board/avr-greenhouse.js';
import { plugInto } from '../../src/cli/bench-boards.js';
import { createVirtualPort } from '../../src/port/virtual-port.js';
import { systemClock } from '../../src/system-clock.js';
import { eventually } from '../support/eventually.js';
import { connectPhone } from '../support/phone.js';
import { Program } from '../support/program.js';
import { greenhouseHex } from '../support/uno-bench.js';

const folder = mkdtempSync(join(tmpdir(), 'carter-killed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LEASE_MS = 3_000;
/** The last renewal was up to a second before the end; a loop of the sketch and the emulator's slices come on top. */
const SLACK_MS = 250;

describe('a board whose host is killed', () => {
  it('is safe within the lease, measured on its pins, and stays so when the host is back', async () => {
    const uno = new AvrBoard(systemClock(), greenhouseHex());
    const path = join(folder, 'uno');
    const port = createVirtualPort({ link: path });
    plugInto(port, uno);
    const relay = new Program(['relay', '--port', '0']);
    const [, url = ''] = await relay.shows(/(ws:\/\/127\.0\.0\.1:\d+)/);
    const config = join(folder, 'run.yaml');
    writeFileSync(
      config,
      `bridge: { name: house, stateDir: ${join(folder, 'state')} }
relay: { url: "${url}", allowOpenRelay: true }
devices:
  shed: { driver: board, port: ${path} }
`,
    );
    const phone = await connectPhone({ url, name: 'anna', channel: 'home' });
    const tap = async (point: string, value: unknown) => {
      const id = phone.command({ msg_type: 'house.cmd', dev: 'shed', point, value });
      return await phone.waitFor((frame) => frame['cmd_id'] === id, 5_000);
    };
    const online = (seen: number) =>
      phone.waitFor(
        (frame) =>
          frame['msg_type'] === 'house.health' && frame['shed'] === 'online' && phone.broadcasts.indexOf(frame) >= seen,
        15_000,
      );

    const first = new Program(['run', '--config', config]);
    await online(0);
    expect(await tap('pump', true)).toMatchObject({ ok: true, value: true });
    expect(await tap('fan', 80)).toMatchObject({ ok: true, value: 80 });
    // Leases are renewed: longer than one of them.
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS + 1_000));
    expect(uno.pins.level(GREENHOUSE.pump)).toBe(true);

    let fell: number | undefined;
    let rises = 0;
    uno.pins.onEdge(GREENHOUSE.pump, (high, cycle) => {
      if (high) rises++;
      else fell ??= cycle;
    });
    uno.follow();
    const killed = uno.chip.cycles;
    await first.stop('SIGKILL');
    await eventually(() => uno.pins.level(GREENHOUSE.pump)).toBe(false);
    // By the board's own clock: a machine that is busy lets it run slow.
    const afterMs = ((fell ?? Number.POSITIVE_INFINITY) - killed) / (AVR_HZ / 1_000);
    expect(afterMs).toBeLessThan(LEASE_MS + SLACK_MS);
    // It was no accident of the end: a good part of the lease was left.
    expect(afterMs).toBeGreaterThan(LEASE_MS - 2_000);
    const high = uno.pins.highCycles(GREENHOUSE.fan);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(uno.pins.highCycles(GREENHOUSE.fan)).toBe(high);

    const seen = phone.broadcasts.length;
    const second = new Program(['run', '--config', config]);
    await online(seen);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect([rises, uno.pins.highCycles(GREENHOUSE.fan), uno.chip.starts]).toEqual([0, high, 1]);
    expect(await tap('pump', true)).toMatchObject({ ok: true, value: true });
    expect(await second.stop('SIGTERM')).toBe(0);
    // This time it was told to stop.
    expect(uno.pins.level(GREENHOUSE.pump)).toBe(false);
    expect(uno.chip.usart.overruns).toBe(0);
    await phone.close();
    uno.unplug();
    port.close();
    expect(await relay.stop()).toBe(0);
  }, 60_000);
});
