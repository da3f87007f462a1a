import { expect, it } from 'vitest';
import { watchBinding } from '../../src/binding-watch.js';
import { Binding } from '../../src/layout/bind.js';
import { type Log, silentLog } from '../../src/log.js';
import { Store } from '../../src/state/store.js';
import { VirtualClock } from '../support/virtual-clock.js';

const LAYOUT = {
  tabs: [
    {
      children: [
        {
          type: 'slider',
          id: 'fan',
          min: 0,
          max: 100,
          action: { event: 'broadcast_request', payload: { msg_type: 'fan', value: '{{value}}' } },
        },
      ],
    },
  ],
};

it('says once what disagrees with a board, however often that describes itself', () => {
  const warnings: string[] = [];
  const log: Log = { ...silentLog, warn: (_fields, message) => void warnings.push(message) };
  const store = new Store(new VirtualClock());
  const bindings = { fan: 'shed.fan', lamp: 'shed.lamp' };
  watchBinding(new Binding(LAYOUT, bindings, 'home'), 'home', store, log);
  expect(warnings).toEqual(['control lamp: the layout has no such control']);
  for (let max = 10; max < 60; max++) {
    store.describe('shed', [{ id: 'fan', role: 'actuator', type: 'number', min: 0, max, step: 1 }]);
  }
  expect(warnings.slice(1)).toEqual(['control fan: goes from 0 to 100, but `shed.fan` takes 0 to 10']);
  store.describe('shed', [{ id: 'fan', role: 'sensor', type: 'number', min: 0, max: 100 }]);
  expect(warnings.slice(2)).toEqual(["control fan: `shed.fan` is read, it can't be switched"]);
});
