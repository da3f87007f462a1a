import { describe, expect, it } from 'vitest';
import { openDesk, stickAt } from '../support/command-desk.js';
import { watched } from '../support/watched-desk.js';

describe('at the stop of the bridge, an output that is to stay as it is', () => {
  const stop = async (desk: Awaited<ReturnType<typeof openDesk>>) => {
    // What `Bridge.stop` does, in its order.
    desk.commands.close();
    desk.outputs.close();
    await desk.device.safeAll('offline', 'the bridge is stopping');
    await desk.clock.advance(100);
  };

  it('is not left on by a pulse, which nobody would end', async () => {
    const desk = await openDesk({ rules: { pump: { onExit: 'hold' } } });
    desk.tap('pump', undefined, { pulse_ms: 5_000 });
    await desk.clock.advance(100);
    expect(desk.board.outputs.get('pump')).toBe(true);
    await stop(desk);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });

  it('is not left on by a stick, which nobody would let go', async () => {
    const desk = await openDesk({ rules: { fan: { onExit: 'hold' } } });
    const stick = stickAt('fan', 50);
    void desk.router.execute(stick);
    await desk.clock.advance(100);
    expect(desk.board.outputs.get('fan')).toBe(50);
    await stop(desk);
    expect(desk.board.outputs.get('fan')).toBe(0);
    await desk.close();
  });

  it('is put to its safe value where it was on its way there, and could not be reached yet', async () => {
    const desk = await watched({ pump: { onExit: 'hold' } });
    desk.tap('pump', true);
    await desk.clock.advance(100);
    desk.board.manner = 'refuses';
    // The relay is lost: to its safe value, again and again until it is seen there.
    desk.relay.down();
    await desk.clock.advance(11_000);
    expect(desk.board.outputs.get('pump')).toBe(true);
    desk.board.manner = 'obeys';
    await stop(desk as never);
    expect(desk.board.outputs.get('pump')).toBe(false);
    await desk.close();
  });
});
