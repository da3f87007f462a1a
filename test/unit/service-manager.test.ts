import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ControlServer } from '../../src/control/server.js';
import { type Log, silentLog } from '../../src/log.js';
import { notifySocket } from '../../src/service/notify-socket.js';
import { selfCheck } from '../../src/service/self-check.js';
import { serviceManager } from '../../src/service/service-env.js';
import { ServiceManager } from '../../src/service/service-manager.js';
import { outcome } from '../support/driver-bench.js';
import { NotifyReceiver } from '../support/notify-receiver.js';
import { VirtualClock } from '../support/virtual-clock.js';

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'notify-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function receiver(path = join(newFolder(), 'notify')): NotifyReceiver {
  const made = new NotifyReceiver(path);
  onTestFinished(() => made.close());
  return made;
}

/** A log that keeps what matters. */
function keepingLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const keep = (_fields: object, message: string) => void lines.push(message);
  const log: Log = { ...silentLog, warn: keep, error: keep };
  return { log, lines };
}

describe('the way to the service manager', () => {
  it.each([
    ['a path', () => join(newFolder(), 'notify')],
    ['a name outside of the file system', () => `@carter-test-${process.pid}`],
  ])('is a socket at %s', (_what, path) => {
    const manager = receiver(path());
    notifySocket(manager.path)(['READY=1', 'STATUS=°C']);
    expect(manager.messages).toEqual(['READY=1\nSTATUS=°C']);
  });

  it('says when nobody is there, or takes no more', () => {
    const code = (work: () => void) => {
      try {
        work();
      } catch (error) {
        return (error as { code?: string }).code;
      }
      return undefined;
    };
    expect(code(() => notifySocket(join(newFolder(), 'none'))(['READY=1']))).toBe('service/notify');
    const notify = notifySocket(receiver().path);
    // The system keeps a few messages for who does not listen; a wait for room would block the whole program.
    expect(code(() => Array.from({ length: 5_000 }, () => notify(['WATCHDOG=1'])))).toBe('service/notify');
  });

  it.each(['vsock:2:1234', 'notify', `/${'x'.repeat(107)}`])('is refused at %s', (path) => {
    expect(() => notifySocket(path)).toThrow('is no address of a socket');
  });
});

function managed(watchdogMs: number | undefined) {
  const clock = new VirtualClock();
  const told: string[] = [];
  const { log, lines } = keepingLog();
  const manager = new ServiceManager({ notify: (text) => void told.push(text.join(' ')), watchdogMs, clock, log });
  return { clock, told, lines, manager };
}

describe('a program that a service manager watches', () => {
  it('gives a sign of life at half the period, and none after the end', async () => {
    const { clock, told, manager } = managed(30_000);
    manager.ready(async () => '2 of 2 devices online');
    expect(told).toEqual(['READY=1']);
    await clock.advance(45_000);
    expect(told.slice(1)).toEqual(new Array(3).fill('WATCHDOG=1 STATUS=2 of 2 devices online'));
    manager.stopping();
    await clock.advance(60_000);
    expect(told.slice(4)).toEqual(['STOPPING=1 STATUS=stopping']);
    expect(clock.timers).toBe(0);
  });

  it('gives none while its check fails, and again when it is well', async () => {
    const { clock, told, lines, manager } = managed(30_000);
    let well = false;
    manager.ready(async () => {
      if (!well) throw new Error('nobody looks after shed');
      return 'fine';
    });
    await clock.advance(30_000);
    expect(told).toEqual(['READY=1']);
    expect(lines).toEqual(new Array(2).fill('the self-check failed: nobody looks after shed'));
    well = true;
    await clock.advance(15_000);
    expect(told.slice(1)).toEqual(['WATCHDOG=1 STATUS=fine']);
    manager.stopping();
  });

  it('gives none while its check hangs, however many have begun', async () => {
    const { clock, told, lines, manager } = managed(20_000);
    manager.ready(() => new Promise(() => {}));
    await clock.advance(40_000);
    expect(told).toEqual(['READY=1']);
    expect(lines[0]).toMatch(/no result within 5000 ms/);
    manager.stopping();
  });

  it('tells its status where nobody waits for signs of life, in one line', async () => {
    const { clock, told, manager } = managed(undefined);
    manager.ready(async () => 'fine\nREADY=0');
    await clock.advance(15_000);
    expect(told).toEqual(['READY=1', 'STATUS=fine\\x0aREADY=0']);
    manager.stopping();
  });

  it('goes on where its messages do not get through, and says so once', async () => {
    const clock = new VirtualClock();
    const { log, lines } = keepingLog();
    const notify = () => {
      throw new Error('gone');
    };
    const manager = new ServiceManager({ notify, watchdogMs: 10_000, clock, log });
    manager.ready(async () => 'fine');
    await clock.advance(30_000);
    manager.stopping();
    expect(lines).toEqual(['gone']);
  });
});

describe('the environment', () => {
  const beats = async (env: Record<string, string>, ms: number) => {
    const manager = receiver();
    const clock = new VirtualClock();
    const service = serviceManager({ NOTIFY_SOCKET: manager.path, ...env }, clock, silentLog);
    service?.ready(async () => 'fine');
    await clock.advance(ms);
    service?.stopping();
    return manager.messages.filter((message) => message.startsWith('WATCHDOG=1')).length;
  };

  it('says how often a sign of life is wanted, and of whom', async () => {
    expect(await beats({ WATCHDOG_USEC: '2000000' }, 10_000)).toBe(10);
    expect(await beats({ WATCHDOG_USEC: '2000000', WATCHDOG_PID: String(process.pid) }, 10_000)).toBe(10);
    expect(await beats({ WATCHDOG_USEC: '2000000', WATCHDOG_PID: '1' }, 60_000)).toBe(0);
    expect(await beats({ WATCHDOG_USEC: 'soon' }, 60_000)).toBe(0);
  });

  it('names no service manager, or one that can’t be told', () => {
    expect(serviceManager({}, new VirtualClock(), silentLog)).toBeUndefined();
    const { log, lines } = keepingLog();
    expect(serviceManager({ NOTIFY_SOCKET: 'vsock:2:1' }, new VirtualClock(), log)).toBeUndefined();
    expect(lines).toHaveLength(1);
  });
});

describe('the self-check', () => {
  async function answering(status: object): Promise<string> {
    const folder = newFolder();
    const nothing = () => ({ ok: false });
    const handlers = {
      get: nothing,
      set: async () => nothing(),
      approve: async () => nothing(),
      approveNew: () => nothing(),
      monitor: () => ({ ok: false }),
      layout: nothing,
      panel: nothing,
      panelRevoke: async () => nothing(),
      pairing: nothing,
      audit: nothing,
      push: async () => ({ ok: true }),
      contract: nothing,
      status: () => ({ ok: true, ...status }),
    };
    const server = new ControlServer(folder, handlers, new VirtualClock(), silentLog);
    await server.start();
    onTestFinished(() => server.stop());
    return join(folder, 'control.sock');
  }
  const shed = { health: 'online', state: 'live' };

  it.each([
    [
      { relay: 'joined', devices: { shed, yard: { health: 'offline', state: 'waiting' } } },
      '1 of 2 devices online, relay joined',
    ],
    [{ relay: 'apart', devices: {} }, '0 of 0 devices online, no relay'],
    [{ code: 'busy', ok: false }, 'running'],
    [{ devices: { shed: { health: 'offline', state: 'stopped' } } }, 'service/self-check'],
    [{ ok: false, message: 'no' }, 'service/self-check'],
  ])('of %j', async (status, result) => {
    expect(await outcome(selfCheck(await answering(status)))).toBe(result);
  });

  it('fails where nobody answers', async () => {
    expect(await outcome(selfCheck(join(newFolder(), 'control.sock')))).toBe('control/not-running');
  });
});
