import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { LinesSimulator } from '../../devices/lines/simulator.js';
import { connectPhone } from '../support/phone.js';
import { Program } from '../support/program.js';
import { embeddedRelay } from '../support/relays.js';
import { RigBoard, SKETCH } from '../support/rig.js';

/** The stop takes 2 s at most; a busy machine may need a moment more to tell that the process has ended. */
const STOP_MS = 2_000;
const NOTICE_MS = 500;

/** A file that hangs in the kernel, as that of a thermometer on a broken bus, or of a broken disk. */
function hangingFile(path: string): void {
  execFileSync('mkfifo', [path]);
}

describe('a stop while everything hangs', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'carter-stop-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'by %s ends within 2 s, with outputs safe and exit code 0',
    async (signal) => {
      const relay = await embeddedRelay();
      const boards = ['shed', 'mute'].map((id, seed) => RigBoard.simulating(join(folder, id), SKETCH, seed));
      for (const board of boards) board.plug();
      mkdirSync(join(folder, 'w1/w1_bus_master1'), { recursive: true });
      hangingFile(join(folder, 'w1/w1_bus_master1/w1_master_slaves'));
      const state = join(folder, 'state');
      // Files in the state folder that can't be written.
      for (const name of ['values.json.new', 'history.json.new']) mkdirSync(join(state, name), { recursive: true });
      const config = join(folder, 'bridge.yaml');
      const sketch = (id: string) => ({ ...SKETCH, port: join(folder, id) });
      writeFileSync(
        config,
        JSON.stringify({
          bridge: { name: 'house', stateDir: state },
          persist: { values: true, history: true },
          relay: { url: relay.url, channel: 'home', allowOpenRelay: true },
          discover: false,
          panel: { port: 0 },
          metrics: { port: 0 },
          devices: { shed: sketch('shed'), mute: sketch('mute'), cellar: { driver: 'w1', root: join(folder, 'w1') } },
        }),
      );
      // A log on a full disk.
      const house = new Program(['run', '--config', config], {}, openSync('/dev/full', 'w'));
      onTestFinished(() => void house.child.kill('SIGKILL'));
      await house.shows(/bridge house on/);
      const phone = await connectPhone({ url: relay.url, name: 'anna', channel: 'home' });
      for (const dev of ['shed', 'mute']) {
        await phone.waitFor((frame) => (frame[dev] as { pump?: unknown } | undefined)?.pump === false, 10_000);
        const id = phone.command({ msg_type: 'house.cmd', dev, point: 'pump', value: true });
        expect(await phone.waitFor((frame) => frame['cmd_id'] === id)).toMatchObject({ ok: true });
      }
      const simulators = boards.map((board) => board.simulated(LinesSimulator));
      expect(simulators.map((board) => board.output('pump'))).toEqual([true, true]);
      simulators[1]?.silent();
      relay.freeze();
      const began = performance.now();
      expect(await house.stop(signal)).toBe(0);
      expect(performance.now() - began).toBeLessThan(STOP_MS + NOTICE_MS);
      expect(simulators.map((board) => board.output('pump'))).toEqual([false, false]);
      expect(existsSync(join(state, 'values.json'))).toBe(false);
      relay.thaw();
      for (const board of boards) board.pull();
      await phone.close();
      await relay.kill();
    },
    40_000,
  );

  it('is cut short by a second signal', async () => {
    mkdirSync(join(folder, 'w1/w1_bus_master1'), { recursive: true });
    hangingFile(join(folder, 'w1/w1_bus_master1/w1_master_slaves'));
    const config = join(folder, 'bridge.yaml');
    const text = `bridge: { name: house, stateDir: ${join(folder, 'state')} }
relay: { embedded: { port: 0 } }
discover: false
devices: { cellar: { driver: w1, root: ${join(folder, 'w1')} } }
`;
    writeFileSync(config, text);
    const house = new Program(['run', '--config', config]);
    onTestFinished(() => void house.child.kill('SIGKILL'));
    await house.shows(/bridge house on/);
    const began = performance.now();
    house.child.kill('SIGTERM');
    expect([0, 130]).toContain(await house.stop('SIGTERM'));
    expect(performance.now() - began).toBeLessThan(STOP_MS);
  }, 20_000);
});
