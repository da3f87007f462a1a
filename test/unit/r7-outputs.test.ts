import { afterEach, describe, expect, it, vi } from 'vitest';
import { checkValue } from '../../src/action/coerce.js';
import { watchEstopSources } from '../../src/action/estop-sources.js';
import { RelayLoss } from '../../src/action/relay-loss.js';
import { controlHandlers } from '../../src/control/handlers.js';
import type { PointSpec } from '../../src/device/point.js';
import { BridgeError } from '../../src/error.js';
import { silentLog } from '../../src/log.js';
import { openDesk, POINTS } from '../support/command-desk.js';
import { ScriptedDevice } from '../support/scripted-device.js';

afterEach(() => vi.restoreAllMocks());

describe('a relay that is lost', () => {
  it('concerns also what is found on later', async () => {
    const away = vi
      .spyOn(ScriptedDevice.prototype, 'connect')
      .mockRejectedValue(new BridgeError('port/missing', 'gone'));
    const relays: RelayLoss[] = [];
    const desk = await openDesk({
      rules: { pump: { onBoot: 'hold', onRelayLost: 'safe' } },
      found: { pump: true },
      built: ({ store, clock, outputs }) => {
        const restore = { begin: () => {}, pause: () => {}, resume: () => {} };
        const relay = new RelayLoss({ store, outputs, restore, clock, log: silentLog, grace: 10_000 });
        relays.push(relay);
        relay.down();
      },
    });
    await desk.clock.advance(20_000);
    away.mockRestore();
    await desk.clock.advance(20_000);
    expect(desk.device.state).toBe('live');
    expect(desk.board.outputs.get('pump')).toBe(false);
    relays[0]?.close();
    await desk.close();
  });
});

describe('a timeout of an output', () => {
  it('goes on after a command', async () => {
    const desk = await openDesk({ readings: { pump: { filters: [{ timeout: '5s' }] } } });
    desk.tap('pump', true);
    await desk.clock.advance(60_000);
    // The device has said nothing of it for a minute.
    expect(desk.store.point('shed', 'pump')).toMatchObject({ value: null, quality: 'unknown' });
    await desk.close();
  });
});

describe('a button that stops everything', () => {
  it('does so too where its press got lost on the line, and is betrayed by its count', async () => {
    const points: PointSpec[] = [...POINTS, { id: 'stop', role: 'event', type: 'string', options: ['pressed'] }];
    const desk = await openDesk({ points, estop: [{ device: 'shed', point: 'stop' }] });
    const pressed: string[] = [];
    const unwatch = watchEstopSources(desk.estop, desk.store, (by) => void pressed.push(by));
    // What a board's driver and that of the pins say of events that were lost.
    desk.board.io?.event({ point: 'stop', event: 'gap', count: 1 });
    expect(pressed).toEqual(['shed.stop']);
    unwatch();
    await desk.close();
  });
});

it('a clamped command goes to an allowed value, at the upper end too', () => {
  const spec = { id: 'fan', role: 'actuator', type: 'number', min: 0, max: 10, step: 4, clamp: true } as const;
  expect(checkValue(spec, 10)).toEqual({ value: 8 });
});

it('the command line resets no emergency stop whose button is still pressed, as phones do not', async () => {
  const button: PointSpec = { id: 'button', role: 'sensor', type: 'boolean' };
  const desk = await openDesk({ points: [...POINTS, button], estop: [{ device: 'shed', point: 'button' }] });
  desk.board.io?.report([{ point: 'button', value: true }]);
  void desk.router.emergencyStop('shed.button');
  await desk.clock.advance(100);
  const handlers = controlHandlers({ ...desk, fleet: { devices: new Map() } } as never);
  expect(await handlers.set('bridge', 'estop_reset', 'on', false)).toMatchObject({ ok: false, code: 'estop' });
  expect(desk.estop.latched).toBe(true);
  await desk.close();
});
