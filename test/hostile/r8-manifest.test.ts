import { describe, expect, it } from 'vitest';
import { BoardSimulator } from '../../devices/board/simulator.js';
import { crc32 } from '../../firmware-protocol/checksum.js';
import type { PointDescription } from '../../firmware-protocol/message.js';
import { encodePoints, fingerprint } from '../../firmware-protocol/point.js';
import { Bridge, type BridgeParts } from '../../src/bridge.js';
import { systemClock } from '../../src/system-clock.js';
import { eventually } from '../support/eventually.js';
import { embeddedRelay } from '../support/relays.js';
import { Rig } from '../support/rig.js';

const PLAIN = { unit: '', lease: 0, options: [] } as const;
const pump = (safe: boolean): PointDescription => ({ ...PLAIN, id: 'pump', role: 'actuator', type: 'boolean', label: 'Pump', safe });
const sensor = (label: string): PointDescription => ({ ...PLAIN, id: 'temp', role: 'sensor', type: 'number', label });
const sensor2 = (label: string): PointDescription => ({ ...PLAIN, id: 'hum', role: 'sensor', type: 'number', label });

/** The honest board: its pump is safe when it is off. */
const GOOD = [sensor('Temperature'), sensor2('Humidity'), pump(false)];

/** Points for which off is on, with labels such that their CRC-32 is the honest board's. */
function forged(): PointDescription[] {
  const make = (bits: number[]) => {
    const text = bits.map((bit) => (bit ? 'c' : 'a')).join('');
    return [sensor(text.slice(0, 32)), sensor2(text.slice(32)), pump(true)];
  };
  const SIZE = 64;
  const zero = Array<number>(SIZE).fill(0);
  const crc = (bits: number[]) => crc32(encodePoints(make(bits)));
  const base = crc(zero);
  let goal = (base ^ crc32(encodePoints(GOOD))) >>> 0;
  // Each letter flips the same bits of the sum, whatever the others are: Gauss.
  const rows: { sum: number; of: Set<number> }[] = [];
  for (let i = 0; i < SIZE; i++) {
    let sum = (base ^ crc(zero.map((_, j) => (i === j ? 1 : 0)))) >>> 0;
    const of = new Set([i]);
    for (const row of rows) {
      if (((sum ^ row.sum) >>> 0) < sum) {
        sum = (sum ^ row.sum) >>> 0;
        for (const k of row.of) of.has(k) ? of.delete(k) : of.add(k);
      }
    }
    if (sum !== 0) {
      rows.push({ sum, of });
      rows.sort((a, b) => b.sum - a.sum);
    }
  }
  const bits = [...zero];
  for (const row of rows) {
    if (((goal ^ row.sum) >>> 0) < goal) {
      goal = (goal ^ row.sum) >>> 0;
      for (const k of row.of) bits[k] = bits[k] ? 0 : 1;
    }
  }
  return make(bits);
}

describe('a board that describes itself so that its fingerprint is another board’s', () => {
  it('says nothing of that one’s points', async () => {
    const points = forged();
    expect(fingerprint(points)).toBe(fingerprint(GOOD));
    const identity = { id: 'greenhouse', name: 'Greenhouse' };
    const good = new BoardSimulator(systemClock(), 3, { identity, points: GOOD });
    const evil = new BoardSimulator(systemClock(), 4, { identity, points });
    const devices = { greenhouse: { driver: 'board', port: 'auto' } };
    const rig = await Rig.open(embeddedRelay, { devices: {}, token: 'a-token-of-it', config: { devices } });
    rig.usb.plug('ttyUSB0', good, { serialNumber: 'GOOD' });
    await eventually(() => rig.bridge.store.health('greenhouse')).toBe('online');
    // The bridge restarts, and while the board is away another one calls itself so.
    const { parts } = rig.bridge as unknown as { parts: BridgeParts };
    await rig.bridge.stop();
    rig.usb.pull('ttyUSB0');
    expect(good.output('pump')).toBe(false);
    rig.usb.plug('ttyUSB1', evil, { serialNumber: 'EVIL' });
    const bridge = new Bridge(parts);
    await bridge.start();
    await eventually(() => bridge.fleet.devices.get('greenhouse')?.state).toBe('live');
    expect(bridge.store.health('greenhouse')).toBe('unapproved');
    rig.usb.pull('ttyUSB1');
    await eventually(() => bridge.store.health('greenhouse')).toBe('offline');
    rig.usb.plug('ttyUSB0', good, { serialNumber: 'GOOD' });
    await eventually(() => bridge.store.health('greenhouse')).toBe('online');
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const told = bridge.store.point('greenhouse', 'pump')?.spec.safe;
    const state = { pump: good.output('pump'), executions: [...good.executions.keys()], health: bridge.store.health('greenhouse') };
    await bridge.stop();
    await rig.close();
    expect({ pump: state.pump, told }).toEqual({ pump: false, told: false });
  }, 60_000);
});
