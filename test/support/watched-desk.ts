import { expect } from 'vitest';
import { ownWish } from '../../src/action/command.js';
import { RelayLoss } from '../../src/action/relay-loss.js';
import { Restore } from '../../src/action/restore.js';
import type { OutputPointOptions } from '../../src/device/output-options.js';
import type { Value } from '../../src/device/point.js';
import { silentLog } from '../../src/log.js';
import { openDesk } from './command-desk.js';
import { DesiredInMemory } from './desired-in-memory.js';

/** A desk with what watches over losses. */
export async function watched(
  rules: Record<string, OutputPointOptions>,
  desired = new DesiredInMemory(),
  more: Parameters<typeof openDesk>[0] = {},
) {
  const watches: { restore: Restore; relay: RelayLoss }[] = [];
  const desk = await openDesk({
    rules,
    desired,
    ...more,
    built: ({ store, clock, outputs, router, estop }) => {
      const wish = (device: string, point: string, value: Value) => router.execute(ownWish(device, point, value));
      const hindered = () => estop.hindrance !== undefined;
      const restore = new Restore({ store, outputs, desired, clock, hindered, wish });
      const relay = new RelayLoss({ store, outputs, restore, clock, log: silentLog, grace: 10_000 });
      watches.push({ restore, relay });
    },
  });
  const { clock } = desk;
  const [{ restore, relay }] = watches as [(typeof watches)[number]];
  const lose = async (ms = 6_000) => {
    desk.board.io?.lost('pulled');
    await clock.advance(ms);
    expect(desk.device.state).toBe('live');
  };
  const close = async () => {
    restore.close();
    relay.close();
    await desk.close();
    expect(clock.timers).toBe(0);
  };
  return { ...desk, desired, relay, lose, close };
}
