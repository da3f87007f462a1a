import { z } from 'zod';
import { idProblem } from '../device/options.js';
import { targetOf } from '../layout/target.js';

/** `device.point`: how the config names a point. */
export const pointName = z
  .string()
  .superRefine((name, context) => {
    const ids = name.split('.');
    if (ids.length === 2 && ids.every((id) => !idProblem(id))) return;
    context.addIssue({
      code: 'custom',
      message: 'not the name of a point',
      params: { hint: 'write it as `device.point`' },
    });
  })
  .meta({ typeName: '`device.point`' });

/** What a control of a layout can be bound to. */
const boundTo = z
  .string()
  .superRefine((name, context) => {
    const meant = targetOf(name);
    const ids = meant?.kind === 'point' ? [meant.device, meant.point] : meant?.kind === 'health' ? [meant.device] : [];
    if (meant && ids.every((id) => id === 'bridge' || !idProblem(id))) return;
    context.addIssue({
      code: 'custom',
      message: 'nothing that a control can be bound to',
      params: {
        hint: 'write `device.point`, `device` or `bridge` for a health word, `bridge.estop` or `bridge.estop_reset`',
      },
    });
  })
  .meta({ typeName: '`device.point`, `device` (its health), `bridge.estop`, `bridge.estop_reset`' });

/** What a stick's axes move. */
const axes = z
  .strictObject({
    x: pointName.optional().describe('What the stick moves from left, -1, to right, 1'),
    y: pointName.optional().describe('What it moves along its other axis'),
  })
  .superRefine(({ x, y }, context) => {
    if (x === undefined && y === undefined) {
      const params = { hint: 'write `{ x: device.point, y: device.point }`' };
      context.addIssue({ code: 'custom', message: 'no axis moves anything', params });
    } else if (x === y) {
      const params = { hint: 'give each axis a point of its own, or leave one out' };
      context.addIssue({ code: 'custom', message: 'both axes move the same point', params });
    }
  })
  .meta({ typeName: 'for a stick `{ x: device.point, y: device.point }`' });

/** The layout written by hand, and what it is bound to. */
export const layoutSchema = z.strictObject({
  file: z.string().min(1).max(256).optional().describe('A layout written by hand, a JSON file; relative to the config'),
  bindings: z
    .record(z.string().meta({ typeName: 'control id' }), z.union([boundTo, axes]))
    .default({})
    .describe('What each of its controls shows and commands'),
});
