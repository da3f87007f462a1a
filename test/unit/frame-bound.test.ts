import { describe, expect, it } from 'vitest';
import { Binding } from '../../src/layout/bind.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { Garage } from '../support/garage.js';

const shows = (id: string, type: string, msg_type: string, valuePath: string, more: JsonObject = {}) => ({
  type,
  id,
  sync: [{ event: 'broadcast', filter: { msg_type }, valuePath }],
  ...more,
});

const LAYOUT = {
  tabs: [
    {
      children: [
        shows('temp', 'gauge', 'air', 't'),
        shows('trend', 'sparkline', 'air', 't'),
        shows('hum', 'label', 'air', 'h'),
        shows('lamp', 'toggle', 'light', 'on'),
        shows('link', 'statusLight', 'link', 'word', { statusColors: { online: '', offline: '' } }),
      ],
    },
  ],
};
const BINDINGS = { temp: 'shed.temp', trend: 'shed.temp', hum: 'shed.hum', lamp: 'shed.lamp', link: 'shed' };

/** A publisher with a bound layout, before anything was said. */
function garage(): Garage {
  const { frames } = new Binding(LAYOUT, BINDINGS, 'garage');
  const made = new Garage({ bound: frames, keyframeMs: 60_000, trendMs: 60_000 });
  made.device('shed', ['temp', 'hum', 'other']);
  made.store.describe('shed', [
    ...['temp', 'hum', 'other'].map((id) => ({ id, role: 'sensor' as const, type: 'number' as const })),
    { id: 'lamp', role: 'actuator', type: 'boolean' },
  ]);
  return made;
}
const bare = ({ _src, _seq, _ts, ...frame }: JsonObject) => frame;

describe('bound frames', () => {
  it('say everything first, one frame a filter', async () => {
    const { publisher, clock, sink, store } = garage();
    store.report('shed', [
      { point: 'temp', value: 20 },
      { point: 'lamp', value: true },
    ]);
    publisher.start();
    await clock.advance(1_000);
    expect(sink.of('air').map(bare)).toEqual([{ msg_type: 'air', t: 20, h: '—' }]);
    expect(sink.of('light').map(bare)).toEqual([{ msg_type: 'light', on: true }]);
    expect(sink.of('link').map(bare)).toEqual([{ msg_type: 'link', word: 'online' }]);
    expect(sink.types()[0]).toBe('state');
  });

  it('say what changed at the pace of states, and nothing else', async () => {
    const made = await garage().settled();
    const { clock, sink } = made;
    made.say('shed', { temp: 1, hum: 2 });
    await clock.advance(1);
    expect(sink.of('air').map(bare)).toEqual([{ msg_type: 'air', t: 1, h: 2 }]);
    for (let i = 0; i < 100; i++) {
      made.say('shed', { temp: i });
      await clock.advance(10);
    }
    await clock.advance(500);
    expect(sink.of('air').length).toBeLessThanOrEqual(7);
    expect(bare(sink.of('air').at(-1) ?? {})).toEqual({ msg_type: 'air', t: 99 });
    expect(sink.of('light')).toEqual([]);
    sink.frames.length = 0;
    made.say('shed', { other: 5 });
    await clock.advance(500);
    expect(sink.types()).toEqual(['state', 'quality']);
  });

  it('wait for the answer to a command', async () => {
    const made = await garage().settled();
    const { publisher, clock, sink, store } = made;
    store.report('shed', [{ point: 'lamp', value: false }]);
    await clock.advance(1_000);
    sink.frames.length = 0;
    const hold = publisher.hold('shed', 'lamp');
    store.report('shed', [{ point: 'lamp', value: true }]);
    await clock.advance(1_000);
    expect(sink.of('light')).toEqual([]);
    publisher.ack({ cmd_id: '1', to: 'anna', ok: true, value: true }, hold.answered(true));
    await clock.advance(1);
    expect(sink.types().filter((type) => type === 'command_ack' || type === 'light')).toEqual(['command_ack', 'light']);
    expect(sink.of('light').map(bare)).toEqual([{ msg_type: 'light', on: true }]);
  });

  it('say the truth after a refusal, changed or not', async () => {
    const made = await garage().settled();
    const { publisher, clock, sink, store } = made;
    store.report('shed', [{ point: 'lamp', value: false }]);
    await clock.advance(1_000);
    sink.frames.length = 0;
    const hold = publisher.hold('shed', 'lamp');
    publisher.ack({ cmd_id: '1', to: 'anna', ok: false, code: 'range' }, hold.answered());
    await clock.advance(1);
    expect(sink.of('light').map(bare)).toEqual([{ msg_type: 'light', on: false }]);
  });

  it('fill charts for whoever asks, after the values', async () => {
    const made = await garage().settled();
    const { publisher, clock, sink, history } = made;
    for (const temp of [1, 2, 3]) {
      made.say('shed', { temp });
      history.sample();
    }
    await clock.advance(1_000);
    sink.frames.length = 0;
    publisher.full();
    await clock.advance(1_000);
    expect(sink.of('air').map(bare)).toEqual([
      { msg_type: 'air', t: 3, h: '—' },
      { msg_type: 'air', t: [1, 2, 3] },
    ]);
  });

  it('say so when a device is offline, when its points are gone, and at the end', async () => {
    const made = await garage().settled();
    const { publisher, clock, sink, store } = made;
    made.say('shed', { temp: 1, hum: 5 });
    store.setHealth('shed', 'offline');
    store.forget('shed');
    await clock.advance(500);
    expect(bare(sink.of('link').at(-1) ?? {})).toEqual({ msg_type: 'link', word: 'offline' });
    expect(bare(sink.of('air').at(-1) ?? {})).toEqual({ msg_type: 'air', t: null, h: '—' });
    store.setHealth('shed', 'online');
    store.describe('shed', []);
    await clock.advance(500);
    expect(bare(sink.of('link').at(-1) ?? {})).toEqual({ msg_type: 'link', word: 'online' });
    const last = publisher.lastFrames();
    await clock.advance(700);
    await last;
    expect(bare(sink.of('link').at(-1) ?? {})).toEqual({ msg_type: 'link', word: 'offline' });
  });

  it('keep within the budget, however many filters there are', async () => {
    const ids = Array.from({ length: 200 }, (_, i) => `p${i}`);
    const children = ids.map((id) => shows(id, 'label', `type-${id}`, 'v'));
    const bindings = Object.fromEntries(ids.map((id) => [id, `shed.${id}`]));
    const { frames } = new Binding({ tabs: [{ children }] }, bindings, 'garage');
    const made = new Garage({ bound: frames });
    made.device('shed', ids);
    made.say('shed', Object.fromEntries(ids.map((id) => [id, 1])));
    made.publisher.start();
    await made.clock.advance(8_000);
    expect(made.sink.peakPerSecond()).toBeLessThanOrEqual(48);
    for (const id of ids) expect(made.sink.of(`type-${id}`).length).toBeGreaterThan(0);
  });

  it('say what is too much for one frame in several', async () => {
    const ids = Array.from({ length: 300 }, (_, i) => `p${i}`);
    const children = ids.map((id) => shows(id, 'sparkline', 'all', `values.${id}.${'long'.repeat(60)}`));
    const bindings = Object.fromEntries(ids.map((id) => [id, `shed.${id}`]));
    const { frames } = new Binding({ tabs: [{ children }] }, bindings, 'garage');
    const made = new Garage({ bound: frames, trendMs: 60_000 });
    made.device('shed', ids);
    made.say('shed', Object.fromEntries(ids.map((id) => [id, 1])));
    made.history.sample();
    made.publisher.start();
    await made.clock.advance(3_000);
    const heard = (isList: boolean) =>
      made.sink.of('all').flatMap(({ values }) =>
        Object.entries(values as JsonObject).flatMap(([id, inner]) => {
          return Array.isArray(Object.values(inner as JsonObject)[0]) === isList ? [id] : [];
        }),
      );
    expect(heard(false).sort()).toEqual([...ids].sort());
    expect(heard(true).sort()).toEqual([...ids].sort());
    expect(made.publisher.stats.oversize).toBe(0);
  });

  it('say the last values before the end, whatever the pace', async () => {
    const { frames } = new Binding(LAYOUT, BINDINGS, 'garage');
    const made = new Garage({ bound: frames, maxHz: 0.1 });
    made.device('shed', ['temp', 'hum', 'other']);
    await made.settled();
    made.say('shed', { temp: 7 });
    await made.clock.advance(1);
    made.sink.frames.length = 0;
    made.say('shed', { temp: 8 });
    const last = made.publisher.lastFrames();
    await made.clock.advance(1);
    expect(made.sink.of('air').map(bare)).toEqual([{ msg_type: 'air', t: 8 }]);
    await made.clock.advance(700);
    await last;
  });
});
