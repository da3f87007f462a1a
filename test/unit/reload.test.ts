import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drivers } from '../../devices/index.js';
import type { BridgeChange } from '../../src/bridge.js';
import type { CliContext } from '../../src/cli/context.js';
import { type JoinedRelay, joinRelay } from '../../src/cli/join-relay.js';
import { Reloader } from '../../src/cli/reload.js';
import { loadConfig } from '../../src/config/load.js';
import { silentLog } from '../../src/log.js';
import { eventually } from '../support/eventually.js';
import { VirtualClock } from '../support/virtual-clock.js';

let folder: string;
let port: number;
let stopAll: (() => unknown)[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'carter-reload-'));
  stopAll = [];
  const server = await squat(0);
  ({ port } = server.address() as AddressInfo);
  server.close();
  await once(server, 'close');
});
afterEach(async () => {
  for (const stop of stopAll) await stop();
  rmSync(folder, { recursive: true });
});

async function squat(at: number): Promise<Server> {
  const server = createServer().listen(at, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** A reloader of a bridge that says what it was told, with a relay of its own at a fixed port. */
async function open(reload: (change: BridgeChange) => Promise<object>) {
  const clock = new VirtualClock();
  const said: string[] = [];
  const say = (_fields: object, message: string) => void said.push(message);
  const log = { ...silentLog, info: say, warn: say, error: say, child: () => log, take: () => {} };
  const file = join(folder, 'bridge.yaml');
  const context = {
    ...{ drivers, clock, env: {}, homeDir: folder, hostname: 'here', out: () => {} },
    signal: new AbortController().signal,
  } as unknown as CliContext;
  const write = (channel: string, at = port) =>
    writeFileSync(
      file,
      `bridge: { name: a, stateDir: ${folder} }\nrelay: { embedded: { port: ${at} }, channel: ${channel} }\n`,
    );
  write('home');
  const loaded = loadConfig(file, context);
  const relay = await joinRelay(loaded.config, clock, log, []);
  const told: BridgeChange[] = [];
  const bridge = {
    config: loaded.config,
    panel: undefined,
    reloads: { taken: 0, refused: 0 },
    reload: async (change: BridgeChange) => {
      told.push(change);
      return (await reload(change)) as never;
    },
  };
  const parts = { file, bridge, loaded, names: [], panel: () => undefined, service: undefined, context, log };
  const reloader = (given: JoinedRelay) => new Reloader({ ...parts, relay: given });
  return { clock, said, write, relay, told, bridge, reloader };
}

describe('a config that is not taken', () => {
  it('costs the relay of the bridge its port for no longer than somebody else has it', async () => {
    const { clock, said, write, relay, told, reloader } = await open(async () => ({}));
    let thief: Server | undefined;
    const stop = async () => {
      await relay.stop();
      thief = await squat(port);
    };
    const reloads = reloader({ ...relay, stop });
    write('attic');
    await reloads.request();
    expect(said.filter((line) => /not taken|opening the relay again/.test(line))).toEqual([
      'opening the relay again failed',
      'the config was not taken; the bridge goes on with the one that it has',
    ]);
    await clock.advance(12_000);
    expect(told).toEqual([]);
    thief?.close();
    await clock.advance(5_000);
    await eventually(() => told.map(({ config }) => config.relay.channel)).toEqual(['home']);
    stopAll.push(() => reloads.relay.stop());
    expect(reloads.relay.url).toBe(`ws://127.0.0.1:${port}`);
    await eventually(() => said.at(-1)).toMatch(/^opening the relay again works again after 1[5-9] s/);
  });

  it('because the bridge refused it leaves the bridge its relay', async () => {
    const { write, relay, reloader, said } = await open(() => Promise.reject(new Error('no such thing')));
    stopAll.push(() => relay.stop());
    const reloads = reloader(relay);
    write('attic', 0);
    await reloads.request();
    expect(said).toContain('the config was not taken; the bridge goes on with the one that it has');
    expect(reloads.relay).toBe(relay);
    await expect(squat(port)).rejects.toThrow('EADDRINUSE');
  });

  it('after one that said nothing new is not taken for half taken', async () => {
    const { write, relay, reloader, said } = await open(async () => ({}));
    stopAll.push(() => relay.stop());
    const reloads = reloader(relay);
    await reloads.request();
    expect(said.at(-1)).toBe('the config says nothing new');
    write('not a channel: {');
    await reloads.request();
    expect(said.at(-1)).toBe('the config was not taken; the bridge goes on with the one that it has');
  });

  it('in the middle is said to be half taken', async () => {
    const scene = await open(async ({ config }) => {
      scene.bridge.config = config;
      throw new Error('the panel fell over');
    });
    const { write, relay, reloader, said } = scene;
    const reloads = reloader(relay);
    write('attic', 0);
    await reloads.request();
    // Nobody knows which of the two it is on.
    stopAll.push(() => Promise.all([relay.stop(), reloads.relay.stop()]));
    expect(reloads.relay).not.toBe(relay);
    expect(said.slice(-2)).toEqual([
      'the panel fell over',
      'the config was taken in part only; restart the bridge to have all of it',
    ]);
  });
});
