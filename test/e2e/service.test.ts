import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { NotifyReceiver } from '../support/notify-receiver.js';
import { Program } from '../support/program.js';

it('the bridge tells the service manager that it is ready, well and stopping', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'carter-service-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const manager = new NotifyReceiver(join(folder, 'notify'));
  onTestFinished(() => manager.close());
  const config = join(folder, 'bridge.yaml');
  writeFileSync(
    config,
    `bridge: { name: house, stateDir: ${join(folder, 'state')} }
relay: { embedded: { port: 0, host: 127.0.0.1 } }
discover: false
devices: { climate: { driver: w1, root: ${folder} } }
`,
  );
  const bridge = new Program(['run', '--config', config], { NOTIFY_SOCKET: manager.path, WATCHDOG_USEC: '1000000' });
  await eventually(() => manager.messages).toContain('READY=1');
  await eventually(() => manager.messages).toContain('WATCHDOG=1\nSTATUS=0 of 1 devices online, relay joined');
  // A process that does not run gives no sign of life.
  bridge.child.kill('SIGSTOP');
  const before = manager.messages.length;
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(manager.messages.length).toBe(before);
  bridge.child.kill('SIGCONT');
  await eventually(() => manager.messages.length).toBeGreaterThan(before);
  expect(await bridge.stop('SIGTERM')).toBe(0);
  expect(manager.messages.at(-1)).toBe('STOPPING=1\nSTATUS=stopping');
}, 30_000);

it('a service that recorded before it died comes up again without recording', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'carter-service-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const manager = new NotifyReceiver(join(folder, 'notify'));
  onTestFinished(() => manager.close());
  const config = join(folder, 'bridge.yaml');
  const file = join(folder, 'today.jsonl');
  writeFileSync(
    config,
    `bridge: { stateDir: ${join(folder, 'state')} }\nrelay: { embedded: { port: 0 } }\ndiscover: false\n`,
  );
  writeFileSync(file, 'of before');
  const args = ['run', '--config', config, '--record', file];
  const byHand = new Program(args);
  expect(await byHand.exited).toBe(1);
  expect(byHand.err).toContain('[record/exists]');
  const bridge = new Program(args, { NOTIFY_SOCKET: manager.path });
  await eventually(() => manager.messages).toContain('READY=1');
  expect(bridge.err).toMatch(/nothing is recorded: .*today\.jsonl is there already/);
  expect(await bridge.stop('SIGTERM')).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe('of before');
}, 30_000);
