import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { getCommand } from '../../src/cli/get.js';
import { askControl, watchControl } from '../../src/control/client.js';
import { controlSocket } from '../../src/control/protocol.js';
import { type ControlHandlers, ControlServer } from '../../src/control/server.js';
import { silentLog } from '../../src/log.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { eventually } from '../support/eventually.js';
import { printing } from '../support/printing.js';
import { VirtualClock } from '../support/virtual-clock.js';

/** Who may become somebody else. */
const ROOT = process.getuid?.() === 0;

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'control-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A running server whose one device `a` says what `say` is told to. */
async function startServer(folder = newFolder()) {
  const clock = new VirtualClock();
  const watchers = new Set<(entry: JsonObject) => void>();
  const handlers: ControlHandlers = {
    layout: () => ({ ok: true, layout: { name: 'x'.repeat(200_000) } }),
    contract: () => ({ ok: true, contract: {} }),
    panel: () => ({ ok: true, link: '' }),
    panelRevoke: async () => ({ ok: true }),
    pairing: () => ({ ok: true, text: '{}' }),
    audit: () => ({ ok: true, commands: [] }),
    push: async (phone) => ({ ok: true, phone }),
    get: (device) =>
      device === 'mute' ? { ok: true, health: 'connecting', points: {}, last: {} } : { ok: true, device },
    set: async () => ({ ok: true }),
    approve: async () => ({ ok: true }),
    approveNew: () => ({ ok: true }),
    status: () => ({ ok: true }),
    monitor: () => (entry) => {
      watchers.add(entry);
      return () => watchers.delete(entry);
    },
  };
  const server = new ControlServer(folder, handlers, clock, silentLog);
  await server.start();
  onTestFinished(() => server.stop());
  const say = (text: string) => {
    for (const watcher of watchers) watcher({ text });
  };
  return { folder, path: controlSocket(folder), clock, server, watchers, say };
}

async function connectTo(path: string): Promise<{ socket: Socket; closed: Promise<unknown> }> {
  const socket = connect(path);
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  socket.resume();
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  return { socket, closed };
}

/** Listens at a folder's control socket and answers every connection with `text`. */
async function impostor(text: string): Promise<string> {
  const path = controlSocket(newFolder());
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write(text);
  });
  server.listen(path);
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return path;
}

describe('the path of the socket', () => {
  it('is refused where it is longer than a socket can have', async () => {
    const fits = `/${'x'.repeat(107 - '/'.length - '/control.sock'.length)}`;
    expect(Buffer.byteLength(controlSocket(fits))).toBe(107);
    const tooLong = expect.objectContaining({ code: 'control/path', hint: 'set a shorter bridge.stateDir' });
    expect(() => controlSocket(`${fits}x`)).toThrow(tooLong);
    await expect(startServer(`${newFolder()}/${'é'.repeat(60)}`)).rejects.toThrow(tooLong);
  });
});

describe('a bridge that is not there', () => {
  it('is not looked for in a file', async () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    const asked = askControl(controlSocket(file), { op: 'get', device: 'a' });
    await expect(asked).rejects.toMatchObject({ code: 'control/not-running' });
  });

  it('is said to hang where it does not answer, with its place and what to do', async () => {
    const path = await impostor('');
    const asked = askControl(path, { op: 'get', device: 'a' }, 50);
    await expect(asked).rejects.toMatchObject({
      code: 'control/timeout',
      message: `the bridge at ${path} does not answer`,
      hint: 'it may be busy: try again; else it hangs: restart it',
    });
  });

  it.runIf(ROOT)('is not taken for a service that keeps its folder to itself', async () => {
    const service = newFolder();
    const own = newFolder();
    chmodSync(own, 0o755);
    const places = pathToFileURL(join(import.meta.dirname, '../../dist/src/control/places.js')).href;
    const script = `import { findSocket } from '${places}';
      console.log(await findSocket('${own}', { env: { RUNTIME_DIRECTORY: '${service}' }, uid: 0 }));`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      uid: 65534,
      gid: 65534,
      cwd: '/',
    });
    expect(stdout.trim()).toBe(controlSocket(own));
  });
});

it('a device that has told nothing is not passed over in silence', async () => {
  const { folder } = await startServer();
  const said: string[] = [];
  expect(await getCommand('mute', { stateDir: folder }, printing(said))).toBe(0);
  expect(said).toEqual(['mute\tconnecting; it has told nothing yet']);
});

describe('idle clients', () => {
  it('are hung up on after 10 s, so that others get their turn', async () => {
    const { path, clock } = await startServer();
    const idle = await Promise.all(Array.from({ length: 16 }, () => connectTo(path)));
    const asked = await askControl(path, { op: 'get', device: 'a' });
    expect(asked).toEqual({ ok: false, code: 'busy', message: '16 others talk to the bridge already; try again' });
    await clock.advance(10_000);
    await Promise.all(idle.map(({ closed }) => closed));
    expect(await askControl(path, { op: 'get', device: 'a' })).toEqual({ ok: true, device: 'a' });
  });

  it('are those who asked something long ago as well, but not those who watch', async () => {
    const { path, clock, say, watchers } = await startServer();
    const heard: unknown[] = [];
    const hangUp = watchControl(path, { op: 'monitor', device: 'a' }, { answer: (a) => heard.push(a), end: () => {} });
    const asker = await connectTo(path);
    let answers = 0;
    asker.socket.on('data', () => answers++);
    await eventually(() => watchers.size).toBe(1);
    await clock.advance(9_000);
    asker.socket.write('{"op":"get","device":"a"}\n');
    await eventually(() => answers).toBe(1);
    await clock.advance(9_000);
    expect(asker.socket.closed).toBe(false);
    await clock.advance(1_000);
    await asker.closed;
    say('temp=1');
    await eventually(() => heard).toEqual([{ ok: true }, { text: 'temp=1' }]);
    hangUp();
    await eventually(() => watchers.size).toBe(0);
  });
});

describe('a second bridge', () => {
  it('stays away from a socket that is listened on, whether or not anybody answers', async () => {
    const { folder, path } = await startServer();
    await expect(startServer(folder)).rejects.toMatchObject({ code: 'control/in-use' });
    expect(await askControl(path, { op: 'get', device: 'a' })).toMatchObject({ ok: true });
    const frozen = newFolder();
    const silent = createServer(() => {}).listen(controlSocket(frozen));
    onTestFinished(() => void silent.close());
    await once(silent, 'listening');
    await expect(startServer(frozen)).rejects.toMatchObject({ code: 'control/in-use' });
  });

  it('takes over what a bridge left behind', async () => {
    const folder = newFolder();
    writeFileSync(controlSocket(folder), '');
    const { path } = await startServer(folder);
    expect(await askControl(path, { op: 'get', device: 'a' })).toMatchObject({ ok: true });
  });
});

describe('the client', () => {
  it.each([['not JSON\n'], ['[]\n'], ['\u0000\n']])('takes %j for no answer', async (text) => {
    const path = await impostor(text);
    await expect(askControl(path, { op: 'get', device: 'a' })).rejects.toMatchObject({ code: 'control/garbled' });
  });

  it('says what is wrong', async () => {
    const none = controlSocket(newFolder());
    await expect(askControl(none, { op: 'get', device: 'a' })).rejects.toMatchObject({ code: 'control/not-running' });
    const path = await impostor('');
    await expect(askControl(path, { op: 'get', device: 'a' }, 50)).rejects.toMatchObject({ code: 'control/timeout' });
    const { server, path: stopping } = await startServer();
    const asked = new Promise((resolve) => {
      watchControl(stopping, { op: 'monitor', device: 'a' }, { answer: () => void server.stop(), end: resolve });
    });
    expect(await asked).toBeUndefined();
  });
});

describe('a layout', () => {
  it('is asked for without naming a device, and may be long', async () => {
    const { path } = await startServer();
    const answer = await askControl(path, { op: 'layout' });
    expect(JSON.stringify(answer).length).toBeGreaterThan(200_000);
    expect(await askControl(path, { op: 'contract' })).toEqual({ ok: true, contract: {} });
  });
});
