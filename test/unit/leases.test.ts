import { describe, expect, it } from 'vitest';
import { axisRequests } from '../../src/action/axes.js';
import { openDesk, stickAt } from '../support/command-desk.js';
import { watched } from '../support/watched-desk.js';

describe('a wish that waits for its turn', () => {
  it('of a stick does not outlive the stick', async () => {
    const desk = await openDesk({ rules: { fan: { minInterval: 1_000 } } });
    void desk.router.execute(stickAt('fan', 50));
    await desk.clock.advance(100);
    // The last that is heard of the phone.
    void desk.router.execute(stickAt('fan', 55));
    await desk.clock.advance(350);
    expect(desk.board.outputs.get('fan')).toBe(0);
    desk.board.told.length = 0;
    await desk.clock.advance(2_000);
    expect(desk.board.told.filter(({ value }) => value !== 0)).toEqual([]);
    await desk.close();
  });

  it('of a button that is to be held does not outlive the panel that held it', async () => {
    const desk = await openDesk({ rules: { pump: { holdToRun: true, minOff: 1_000 } } });
    await desk.clock.advance(5_000);
    desk.tap('pump', true);
    await desk.clock.advance(20);
    desk.tap('pump', false);
    await desk.clock.advance(20);
    // Pressed again: it waits for the shortest time off. Then the panel dies.
    desk.tap('pump', true);
    desk.board.told.length = 0;
    await desk.clock.advance(1_000);
    await desk.clock.advance(3_000);
    expect(desk.board.told.filter(({ value }) => value === true)).toEqual([]);
    await desk.close();
  });

  it('a stick that is held drives on where its output may not be commanded as often as it speaks', async () => {
    const desk = await openDesk({ rules: { fan: { minInterval: 500 } } });
    for (let i = 0; i < 30; i++) {
      void desk.router.execute(stickAt('fan', 50));
      await desk.clock.advance(100);
    }
    expect(desk.board.told.filter(({ value }) => value === 0)).toEqual([]);
    await desk.close();
  });
});

describe('a stick', () => {
  it('drives its second axis as often as its first', async () => {
    const desk = await openDesk();
    for (let i = 1; i <= 40; i++) {
      const value = (i % 10) * 5 + 5;
      const wish = (point: string) => ({ device: 'shed', point, value, lease: 300 });
      const frame = { msg_type: 'drive', _from: 'anna' };
      for (const request of axisRequests([wish('fan'), wish('dim')], frame, { via: 'plain' }))
        void desk.router.execute(request);
      await desk.clock.advance(100);
    }
    const toldOf = (id: string) => desk.board.told.filter(({ point }) => point === id).length;
    expect(toldOf('fan')).toBeGreaterThan(35);
    expect(toldOf('dim')).toBeGreaterThan(35);
    await desk.close();
  });

  it('that dies is let go also after somebody else commanded its output in vain', async () => {
    const desk = await openDesk();
    const stick = stickAt('fan', 50);
    void desk.router.execute(stick);
    await desk.clock.advance(100);
    void desk.router.execute(stick);
    await desk.clock.advance(50);
    desk.board.manner = 'refuses';
    const bob = desk.tap('fan', 60, { _from: 'bob' });
    await desk.clock.advance(10);
    expect(desk.ackOf(bob)).toMatchObject({ ok: false, code: 'device_refused' });
    desk.board.manner = 'obeys';
    // Anna's phone is never heard of again.
    await desk.clock.advance(60_000);
    expect(desk.board.outputs.get('fan')).toBe(0);
    await desk.close();
  });
});

describe('what a stick commanded', () => {
  const stick = stickAt('fan', 50);

  it('is nothing that comes back after a power cut', async () => {
    const desk = await watched({ fan: { onBoot: 'restore' } });
    void desk.router.execute(stick);
    await desk.clock.advance(100);
    expect(desk.board.outputs.get('fan')).toBe(50);
    // The power goes now; this is what the next start would bring back, with nobody at the stick.
    expect(desk.desired.of('shed.fan')).toBeUndefined();
    await desk.close();
  });

  it('does not come back for good with a device that was lost for a moment', async () => {
    const desk = await watched({ fan: { onDeviceLost: 'restore' } });
    void desk.router.execute(stick);
    await desk.clock.advance(50);
    // The cable shakes as the phone dies.
    await desk.lose(60_000);
    expect(desk.board.outputs.get('fan')).toBe(0);
    await desk.close();
  });
});
