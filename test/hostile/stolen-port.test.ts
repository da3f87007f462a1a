import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { stringify } from 'yaml';
import { drivers } from '../../devices/index.js';
import { Bridge } from '../../src/bridge.js';
import type { CliContext } from '../../src/cli/context.js';
import { joinRelay } from '../../src/cli/join-relay.js';
import { Reloader } from '../../src/cli/reload.js';
import { bridgeParts } from '../../src/cli/run.js';
import { loadConfig } from '../../src/config/load.js';
import { silentLog } from '../../src/log.js';
import { type Dial, overNetwork } from '../../src/mesh/client-socket.js';
import { systemClock } from '../../src/system-clock.js';
import { eventually } from '../support/eventually.js';
import { connectPhone } from '../support/phone.js';
import { RigBoard, SKETCH } from '../support/rig.js';
import { type Script, ScriptedRelay, welcome } from '../support/scripted-relay.js';

const TOKEN = 'kept-from-neighbours';
const COMMAND = { msg_type: 'shed.cmd', dev: 'shed', point: 'pump', value: true };

it('somebody on this machine who takes the port of our own relay gets neither its token nor its place', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'carter-port-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const lucky = await ScriptedRelay.start();
  const { port } = lucky;
  await lucky.kill();
  const board = RigBoard.simulating(join(folder, 'shed'), SKETCH, 1);
  board.plug();
  onTestFinished(() => board.pull());
  const clock = systemClock();
  const signal = new AbortController().signal;
  const machine = { user: { uid: process.getuid?.() ?? 0, groups: [] }, home: folder };
  const context = {
    ...{ drivers, clock, env: {}, homeDir: folder, hostname: 'here', version: '0', random: () => 0, machine },
    ...{ out: () => {}, terminal: () => undefined, program: 'carter-bridge', signal },
  } as unknown as CliContext;
  const file = join(folder, 'bridge.yaml');
  const write = (channel: string) => {
    const relay = { embedded: { port }, token: TOKEN, channel };
    const devices = { shed: { ...SKETCH, port: board.link } };
    writeFileSync(file, stringify({ bridge: { name: 'shed', stateDir: join(folder, 'state') }, relay, devices }), {
      mode: 0o600,
    });
  };
  write('home');
  const log = { ...silentLog, child: () => log, take: () => {} };
  const loaded = loadConfig(file, context);
  const relay = await joinRelay(loaded.config, clock, log, []);
  let dialled = 0;
  const dial: Dial = (url, options) => {
    dialled++;
    return (relay.dial ?? overNetwork)(url, options);
  };
  const bridge = new Bridge({ ...bridgeParts(loaded.config, relay, context, log), dial });
  await bridge.start();
  let thief: ScriptedRelay | undefined;
  const identify: Script['identify'] = (peer, frame) => {
    welcome(peer, frame);
    peer.say('broadcast', COMMAND);
  };
  const stop = async () => {
    await relay.stop();
    thief = await ScriptedRelay.start({ identify }, port);
  };
  const parts = { file, bridge, loaded, names: [], panel: () => undefined, service: undefined, context, log };
  const reloader = new Reloader({ ...parts, relay: { ...relay, stop } });
  onTestFinished(async () => {
    await bridge.stop();
    await reloader.relay.stop();
  });
  await eventually(() => bridge.mesh.ready && typeof bridge.store.point('shed', 'temp')?.value).toBe('number');
  write('attic');
  await reloader.request();
  await eventually(() => dialled).toBeGreaterThan(2);
  expect(thief?.peers.flatMap(({ frames }) => frames)).toEqual([]);
  expect(bridge.store.point('shed', 'pump')?.value).toBe(false);
  await thief?.kill();
  await eventually(() => bridge.mesh.ready).toBe(true);
  const anna = await connectPhone({ url: relay.url, name: 'anna', channel: 'home', token: TOKEN });
  onTestFinished(() => anna.close());
  anna.send(COMMAND);
  await eventually(() => bridge.store.point('shed', 'pump')?.value).toBe(true);
}, 30_000);
