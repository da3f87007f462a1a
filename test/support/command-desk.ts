import type { CommandRequest } from '../../src/action/command.js';
import { Commands } from '../../src/action/commands.js';
import { EmergencyStop, type EstopSource } from '../../src/action/estop.js';
import type { InterlockGroup } from '../../src/action/interlock.js';
import { Outputs } from '../../src/action/outputs.js';
import { Router } from '../../src/action/router.js';
import type { Access } from '../../src/action/validate.js';
import { Device } from '../../src/device/device.js';
import type { Fleet } from '../../src/device/fleet.js';
import type { OutputPointOptions } from '../../src/device/output-options.js';
import type { PointSpec, Value } from '../../src/device/point.js';
import { Publisher } from '../../src/frame/publisher.js';
import { silentLog } from '../../src/log.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { History } from '../../src/state/history.js';
import type { Latch } from '../../src/state/latch.js';
import type { Remembered } from '../../src/state/output-memory.js';
import { Store } from '../../src/state/store.js';
import { bareMachine } from './bare-machine.js';
import { DesiredInMemory } from './desired-in-memory.js';
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

/** What a phone's stick wants of one of the shed's outputs: another word is due within `lease` milliseconds. */
export function stickAt(point: string, value: number, from = 'anna', lease = 300): CommandRequest {
  return { device: 'shed', point, value, from, size: 10, via: 'local', lease };
}

/** The memory of a desk that is opened once; `closed` where the stop was latched before. */
export function fresh(closed = false): { latch: Pick<Latch, 'closed' | 'set'>; outputs: Remembered } {
  const latch = {
    get closed() {
      return closed;
    },
    set: async (latched: boolean) => {
      closed = latched;
      return true;
    },
  };
  return { latch, outputs: new DesiredInMemory() };
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
    interlocks?: readonly InterlockGroup[];
    /** What the owner of its outputs allows. */
    rules?: Readonly<Record<string, OutputPointOptions>>;
    estop?: readonly EstopSource[];
    desired?: Remembered;
    /** What outputs are at when the bridge starts, where they are not safe. */
    found?: Readonly<Record<string, Value>>;
    /** Called when all is built, before the device is connected. */
    built?(parts: { store: Store; clock: VirtualClock; outputs: Outputs; router: Router; estop: EmergencyStop }): void;
  } = {},
) {
  const { memory = fresh() } = options;
  const clock = new VirtualClock();
  const store = new Store(clock);
  const board = new ScriptedDevice(options.points ?? POINTS, clock);
  for (const [point, value] of Object.entries(options.found ?? {})) board.outputs.set(point, value);
  const device = new Device({
    ...bareMachine,
    id: 'shed',
    kind: { kind: 'scripted', inFlight: options.inFlight ?? 'device', pulses: false },
    driver: board,
    store,
    clock,
    random: () => 0.5,
    approved: options.approved ?? true,
    stopped: () => memory.latch.closed,
    readings: readingRules(options.readings ?? {}),
    outputs: new Map(Object.entries(options.rules ?? {})),
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
  const devices = new Map([['shed', device]]);
  const interlocks = options.interlocks ?? [{ outputs: ['shed.pump', 'shed.valve'], deadTime: 0 }];
  const desired = options.desired ?? memory.outputs;
  const outputs = new Outputs({ store, devices, interlocks, desired, clock, log: silentLog });
  const estop = new EmergencyStop(store, memory.latch, options.estop);
  const rules = {
    fleet: { devices, safeAll },
    store,
    access,
    estop,
    outputs,
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
  options.built?.({ store, clock, outputs, router, estop });
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
    outputs.close();
    publisher.stop();
    const stopped = device.stop();
    await clock.advance(3_000);
    await stopped;
  };
  return {
    clock,
    store,
    board,
    device,
    frames,
    publisher,
    commands,
    outputs,
    estop,
    rules,
    router,
    tap,
    acks,
    ackOf,
    ofType,
    close,
  };
}
