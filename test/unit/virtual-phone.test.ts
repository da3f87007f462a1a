import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualPhone } from '../../src/layout/virtual-phone.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { VirtualClock } from '../support/virtual-clock.js';

const listen = (valuePath: string, filter: JsonObject = { msg_type: 's' }) => ({
  method: 'meshsocket',
  type: 'listen',
  event: 'broadcast',
  filter,
  valuePath,
});
const say = (payload: JsonObject) => ({
  method: 'meshsocket',
  mode: 'broadcast',
  event: 'broadcast_request',
  payload,
});

const LAYOUT = {
  state: { sync: true, authority: 'bridge', acks: true, ackTimeoutMs: 1_000 },
  pollGroups: { all: { event: 'broadcast_request', interval: 2, payload: { msg_type: 'poll' } } },
  tabs: [
    {
      title: 'a',
      children: [
        {
          type: 'toggle',
          id: 'lamp',
          defaultValue: false,
          sync: [listen('lamp')],
          action: say({ msg_type: 'c', on: '{{value}}' }),
        },
        { type: 'button', id: 'stop', action: say({ msg_type: 'stop' }), longPressAction: say({ msg_type: 'reset' }) },
        { type: 'label', id: 'temp', sync: [listen('temp'), listen('t', { msg_type: 'other' })] },
        {
          type: 'sparkline',
          id: 'trend',
          sparklinePoints: 3,
          sync: [listen('temp'), listen('past', { msg_type: 'past' })],
        },
        { type: 'logConsole', id: 'log', maxLines: 2, sync: [listen('entry', { msg_type: 'log' })] },
        { type: 'list', id: 'rows', sync: [listen('rows')] },
        { type: 'graph', id: 'graph', defaultValue: '{"nodes":[]}', sync: [listen('graph')] },
        { type: 'slider', id: 'fan', action: { method: 'mqtt', topic: 'fan' } },
        { type: 'label', id: 'warn', visible: { when: 'lamp', operator: 'eq', value: true } },
        { type: 'group', id: 'found', dynamic: 'devices', children: [] },
      ],
    },
  ],
};

function open(layout: unknown = LAYOUT) {
  const clock = new VirtualClock();
  const sent: { event: string; payload: unknown }[] = [];
  const changes: (string[] | undefined)[] = [];
  let ids = 0;
  const phone = new VirtualPhone({
    layout,
    name: 'anna',
    clock,
    newId: () => `tap-${++ids}`,
    send: (event, payload) => void sent.push({ event, payload }),
    changed: (touched) => void changes.push(touched && [...touched]),
  });
  return { clock, sent, changes, phone, shown: (id: string) => phone.state(id)?.shown };
}

const ack = (cmd_id: string, ok: boolean, to = 'anna') => ({ msg_type: 'command_ack', cmd_id, to, ok });

describe('a virtual phone', () => {
  it('begins with the defaults, and asks for the truth each time it is connected', () => {
    const { phone, sent, shown } = open();
    expect(shown('lamp')).toBe(false);
    expect(shown('temp')).toBeUndefined();
    expect(phone.state('graph')?.document).toEqual({ nodes: [] });
    phone.connected();
    phone.connected();
    const request = { msg_type: 'control_sync_request', from: 'anna', dynamic: ['devices'] };
    expect(sent).toEqual([
      { event: 'broadcast_request', payload: request },
      { event: 'broadcast_request', payload: request },
    ]);
    phone.close();
  });

  it('asks for nothing where the layout wants nothing', () => {
    const { phone, sent, clock } = open({ tabs: [] });
    phone.connected();
    expect(sent).toEqual([]);
    expect(clock.timers).toBe(0);
  });

  it('shows what its controls listen to, and says which changed', () => {
    const { phone, shown, changes } = open();
    phone.receive({ msg_type: 's', lamp: true, temp: 21.5 });
    expect([shown('lamp'), shown('temp')]).toEqual([true, 21.5]);
    phone.receive({ msg_type: 'other', t: 'cold' });
    expect(shown('temp')).toBe('cold');
    phone.receive({ msg_type: 's', lamp: null, temp: {} });
    phone.receive({ msg_type: 's', lamp: 'off' });
    expect([shown('lamp'), shown('temp')]).toEqual([true, 'cold']);
    expect(changes).toEqual([['lamp', 'temp', 'trend'], ['temp']]);
  });

  it('keeps samples, lines, rows and documents', () => {
    const { phone } = open();
    for (const temp of [1, 2, 3, 4]) phone.receive({ msg_type: 's', temp });
    expect(phone.state('trend')?.samples).toEqual([2, 3, 4]);
    phone.receive({ msg_type: 'past', past: [9, null, 8] });
    expect(phone.state('trend')?.samples).toEqual([9, 8]);
    for (const text of ['a', 'b', 'c']) phone.receive({ msg_type: 'log', entry: { text } });
    expect(phone.state('log')?.lines).toEqual([{ text: 'b' }, { text: 'c' }]);
    phone.receive({ msg_type: 's', rows: [{ a: 1 }], graph: { nodes: [1] } });
    expect(phone.state('rows')?.rows).toEqual([{ a: 1 }]);
    expect(phone.state('graph')?.document).toEqual({ nodes: [1] });
  });

  it('stamps a tap, shows the wish, and keeps it once it is acknowledged', () => {
    const { phone, sent, shown, clock } = open();
    phone.act('lamp', { value: true });
    const payload = { msg_type: 'c', on: true, _cmd: 'tap-1', _from: 'anna' };
    expect(sent).toEqual([{ event: 'broadcast_request', payload }]);
    expect([shown('lamp'), phone.state('lamp')?.value]).toEqual([true, false]);
    phone.receive({ msg_type: 's', lamp: false });
    expect(shown('lamp')).toBe(true);
    phone.receive(ack('tap-1', true, 'bert'));
    expect(phone.state('lamp')?.pending).toBeDefined();
    phone.receive(ack('tap-1', true));
    expect(phone.state('lamp')).toMatchObject({ value: true, pending: undefined, refusal: undefined });
    expect(clock.timers).toBe(0);
  });

  it('goes back to the truth with the reason when it is refused', () => {
    const { phone, shown } = open();
    phone.act('lamp', { value: true });
    phone.receive({ ...ack('tap-1', false), code: 'offline', message: 'away' });
    expect(shown('lamp')).toBe(false);
    expect(phone.state('lamp')?.refusal).toEqual({ code: 'offline', message: 'away' });
    phone.act('lamp', { value: true });
    expect(phone.state('lamp')?.refusal).toBeUndefined();
  });

  it('goes back to the truth when nobody answers in time', async () => {
    const { phone, shown, clock } = open();
    phone.act('lamp', { value: true });
    await clock.advance(999);
    expect(shown('lamp')).toBe(true);
    await clock.advance(1);
    expect(shown('lamp')).toBe(false);
    expect(phone.state('lamp')?.refusal?.code).toBe('no_answer');
    phone.receive(ack('tap-1', true));
    expect(shown('lamp')).toBe(false);
  });

  it('waits for the last of several taps', async () => {
    const { phone, shown, clock } = open();
    phone.act('lamp', { value: true });
    await clock.advance(600);
    phone.act('lamp', { value: false });
    await clock.advance(600);
    expect(phone.state('lamp')?.pending?.cmd).toBe('tap-2');
    phone.receive(ack('tap-1', true));
    expect([shown('lamp'), phone.state('lamp')?.pending?.cmd]).toEqual([false, 'tap-2']);
    phone.receive(ack('tap-2', true));
    expect(phone.state('lamp')).toMatchObject({ value: false, pending: undefined });
  });

  it('knows gestures by their names, and what has no action sends nothing', () => {
    const { phone, sent, shown } = open();
    phone.act('stop', {}, 'longPressAction');
    expect(sent).toEqual([
      { event: 'broadcast_request', payload: { msg_type: 'reset', _cmd: 'tap-1', _from: 'anna' } },
    ]);
    expect(phone.act('fan', { value: 3 })).toBeUndefined();
    expect(shown('fan')).toBe(3);
    expect(() => phone.act('nobody')).toThrow('no control nobody');
  });

  it('without acks shows a tap as done', () => {
    const { phone, sent, shown } = open({ ...LAYOUT, state: { sync: true } });
    phone.act('lamp', { value: true });
    expect(sent[0]?.payload).toEqual({ msg_type: 'c', on: true });
    expect(phone.state('lamp')?.pending).toBeUndefined();
    expect(shown('lamp')).toBe(true);
  });

  it('takes a snapshot that is meant for it', () => {
    const { phone, shown } = open();
    phone.receive({ msg_type: 'control_snapshot', to: 'bert', v: 1, controls: { lamp: true } });
    expect(shown('lamp')).toBe(false);
    phone.act('lamp', { value: true });
    const controls = { lamp: false, temp: 20, trend: [1, 2], nobody: 1, log: 'x' };
    phone.receive({ msg_type: 'control_snapshot', to: 'anna', v: 2, controls });
    expect([shown('lamp'), shown('temp')]).toEqual([true, 20]);
    expect(phone.state('trend')?.samples).toEqual([1, 2]);
  });

  it('hides what its condition hides', () => {
    const { phone } = open();
    expect([phone.visible('warn'), phone.visible('lamp')]).toEqual([false, true]);
    phone.receive({ msg_type: 's', lamp: true });
    expect(phone.visible('warn')).toBe(true);
  });

  it('polls at the pace of the layout while it is connected', async () => {
    const { phone, sent, clock } = open();
    phone.connected();
    sent.length = 0;
    await clock.advance(6_500);
    expect(sent.length).toBe(3);
    expect(sent[0]).toEqual({ event: 'broadcast_request', payload: { msg_type: 'poll' } });
    phone.disconnected();
    expect(clock.timers).toBe(0);
  });

  describe('fills dynamic groups', () => {
    const pump = { type: 'label', id: 'dyn-pump', sync: [listen('pump')] };

    it('and what stays keeps its value', () => {
      const { phone, shown, changes, clock } = open();
      phone.receive({ msg_type: 'devices', children: [pump] });
      phone.receive({ msg_type: 's', pump: 'on' });
      expect(shown('dyn-pump')).toBe('on');
      const moved = { ...pump, label: 'moved' };
      phone.receive({ msg_type: 'devices', children: [{ type: 'label', id: 'dyn-fan' }, moved] });
      expect(shown('dyn-pump')).toBe('on');
      expect(phone.state('dyn-pump')?.control).toEqual(moved);
      expect(changes).toEqual([undefined, ['dyn-pump'], undefined]);
      phone.receive({ msg_type: 'devices', children: [] });
      expect(phone.state('dyn-pump')).toBeUndefined();
      expect(clock.timers).toBe(0);
    });

    it('but not again with the same, nor without children, nor with ids that are taken', () => {
      const { phone, changes } = open();
      phone.receive({ msg_type: 'devices', children: [pump] });
      phone.receive({ msg_type: 'devices', children: [structuredClone(pump)] });
      phone.receive({ msg_type: 'devices' });
      phone.receive({ msg_type: 'devices', children: [{ type: 'label', id: 'lamp' }] });
      phone.receive({ msg_type: 'devices', children: [pump, pump] });
      expect(changes).toEqual([undefined]);
      expect(phone.ids()).toContain('dyn-pump');
    });

    it('and leaves the layout that it was given alone', () => {
      const { phone } = open();
      phone.receive({ msg_type: 'devices', children: [pump] });
      expect(LAYOUT.tabs[0]?.children.at(-1)).toEqual({ type: 'group', id: 'found', dynamic: 'devices', children: [] });
    });
  });

  it('bears whatever comes', () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    const named = fc.record({
      msg_type: fc.constantFrom('command_ack', 'control_snapshot', 'devices', 's', 'log'),
      children: json,
      controls: json,
      to: fc.constant('anna'),
      cmd_id: json,
      temp: json,
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(json, named), { maxLength: 8 }), (frames) => {
        const { phone } = open();
        for (const frame of frames) phone.receive(frame);
        for (const id of phone.ids()) phone.visible(id);
        phone.close();
      }),
    );
    fc.assert(fc.property(json, (layout) => void open(layout).phone.connected()));
  });
});
