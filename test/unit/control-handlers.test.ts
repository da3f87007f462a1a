import { expect, it } from 'vitest';
import { controlHandlers } from '../../src/control/handlers.js';
import type { PointSpec } from '../../src/device/point.js';
import { openDesk, POINTS } from '../support/command-desk.js';

it('the command line resets no emergency stop whose button is still pressed, as phones do not', async () => {
  const button: PointSpec = { id: 'button', role: 'sensor', type: 'boolean' };
  const desk = await openDesk({ points: [...POINTS, button], estop: [{ device: 'shed', point: 'button' }] });
  const handlers = controlHandlers({ ...desk, fleet: { devices: new Map() } } as never);
  const reset = () => handlers.set('bridge', 'estop_reset', 'on', false);
  desk.board.io?.report([{ point: 'button', value: true }]);
  void desk.router.emergencyStop('shed.button');
  await desk.clock.advance(100);
  expect(await reset()).toEqual({ ok: false, code: 'estop', message: 'shed.button is pressed' });
  expect(desk.estop.latched).toBe(true);
  desk.board.io?.report([{ point: 'button', value: false }]);
  expect(await reset()).toEqual({ ok: true, value: true });
  expect(desk.estop.latched).toBe(false);
  expect(desk.commands.audit.list().map(({ what, from, ok }) => [what, from, ok])).toEqual([
    ['estop', 'shed.button', true],
    ['estop_reset', 'command line', false],
    ['estop_reset', 'command line', true],
  ]);
  await desk.close();
});
