import { Commands } from '../../src/action/commands.js';
import { EmergencyStop } from '../../src/action/estop.js';
import { Interlock } from '../../src/action/interlock.js';
import { Router } from '../../src/action/router.js';
import type { Access } from '../../src/action/validate.js';
import { Device } from '../../src/device/device.js';
import type { Fleet } from '../../src/device/fleet.js';
import type { PointSpec } from '../../src/device/point.js';
import { Publisher } from '../../src/frame/publisher.js';
import { silentLog } from '../../src/log.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { History } from '../../src/state/history.js';
import type { Latch } from '../../src/state/latch.js';
import type { Remembered } from '../../src/state/output-memory.js';
import { Store } from '../../src/state/store.js';
import { noPins } from './no-pins.js';
import { readingRules, type WrittenReadings } from './reading-rules.js';
import { ScriptedDevice } from './scripted-device.js';
import { VirtualClock } from './virtual-clock.js';

/** The points of the scripted device, one of each kind. */
export const POINTS: PointSpec[] = [
  { id: 'temp', role: 'sensor', type: 'number', unit: '°C' },
  { id: 'pump', role: 'actuator', type: 'boolean', safe: false },
  { id: 'valve', role: 'actuator', type: 'boolean', safe: false },
  { id: 'horn', role: 'actuator', type: 'boolean' },
  { id: 'fan', role: 'actuator', type: 'number', min: 0, max: 100, step: 5, safe: 0 },
  { id: 'dim', role: 'actuator', type: 'number', min: 0, max: 10, step: 1, clamp: true, safe: 0 },
  { id: 'mode', role: 'actuator', type: 'enum', options: ['off', 'auto'], safe: 'off' },
  { id: 'text', role: 'actuator', type: 'string' },
];

export const NAMESPACE = 'home';
export const SOURCE = 'nonce-of-this-process';

/** The memory of a desk that is opened once. */
function fresh(): { latch: Pick<Latch, 'closed' | 'set'>; outputs: Remembered } {
  let closed = false;
  const latch = {
    get closed() {
      return closed;
    },
    set: async (latched: boolean) => {
      closed = latched;
      return true;
    },
  };
  return { latch, outputs: { of: () => undefined, note: () => {}, forget: () => {} } };
}

/** Commands, router and frames around one scripted device, in virtual time, with a channel that takes everything. */
export async function openDesk(
  options: {
    access?: Partial<Access>;
    inFlight?: 'device' | 'point';
    approved?: boolean;
    readings?: WrittenReadings;
    memory?: ReturnType<typeof fresh>;
    points?: readonly PointSpec[];
  } = {},
) {
  const { memory = fresh() } = options;
  const clock = new VirtualClock();
  const store = new Store(clock);
  const board = new ScriptedDevice(options.points ?? POINTS, clock);
  const device = new Device({
    id: 'shed',
    kind: { kind: 'scripted', inFlight: options.inFlight ?? 'device', pulses: false },
    driver: board,
    pins: noPins,
    openLine: () => Promise.reject(new Error('a scripted device has no line')),
    readText: () => Promise.reject(new Error('a scripted device has no files')),
    watch: () => () => {},
    store,
    clock,
    random: () => 0.5,
    log: silentLog,
    approved: options.approved ?? true,
    stopped: () => memory.latch.closed,
    readings: readingRules(options.readings ?? {}),
  });
  const frames: JsonObject[] = [];
  const sink = { ready: true, buffered: 0, unanswered: 0, broadcast: (frame: JsonObject) => void frames.push(frame) };
  const publisher = new Publisher({
    store,
    sink,
    namespace: NAMESPACE,
    source: SOURCE,
    clock,
    log: silentLog,
    history: new History(store),
    keyframeMs: 3_600_000,
    trendMs: 3_600_000,
  });
  const access: Access = {
    defaultRole: 'operator',
    phones: new Map(),
    openRelay: false,
    sealedOnly: false,
    ...options.access,
  };
  const safeAll: Fleet['safeAll'] = async (code, message) =>
    (await device.safeAll(code, message)).map((point) => `shed.${point}`);
  const rules = {
    fleet: { devices: new Map([['shed', device]]), safeAll },
    store,
    access,
    estop: new EmergencyStop(store, memory.latch),
    interlock: new Interlock([['shed.pump', 'shed.valve']], store),
    remembered: memory.outputs,
    clock,
  };
  const commands = new Commands(rules);
  const router = new Router({
    namespace: NAMESPACE,
    source: SOURCE,
    rules,
    commands,
    publisher,
    tell: (entry) => publisher.log(entry),
    log: silentLog,
  });
  publisher.start();
  device.start();
  await clock.advance(3_000);
  frames.length = 0;

  let taps = 0;
  const tap = (point: string, value: unknown, more: JsonObject = {}): string => {
    const cmd = `tap-${++taps}`;
    const payload = { msg_type: `${NAMESPACE}.cmd`, dev: 'shed', point, value, _cmd: cmd, _from: 'phone', ...more };
    router.handle(JSON.parse(JSON.stringify(payload)), false);
    return String(payload._cmd);
  };
  const ofType = (type: string) => frames.filter((frame) => frame['msg_type'] === type);
  const acks = () => ofType('command_ack');
  const ackOf = (cmd: string) => acks().find((frame) => frame['cmd_id'] === cmd);
  const close = async () => {
    commands.close();
    publisher.stop();
    const stopped = device.stop();
    await clock.advance(3_000);
    await stopped;
  };
  return { clock, store, board, device, frames, publisher, commands, router, tap, acks, ackOf, ofType, close };
}
