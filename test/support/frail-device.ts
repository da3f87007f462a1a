import { Device } from '../../src/device/device.js';
import type { Command, Confirmed, DeviceDriver, DeviceIo, DeviceSession } from '../../src/device/driver.js';
import type { PointSpec } from '../../src/device/point.js';
import { describeError } from '../../src/error.js';
import type { Log } from '../../src/log.js';
import { Store } from '../../src/state/store.js';
import { bareMachine } from './bare-machine.js';
import type { VirtualClock } from './virtual-clock.js';

const POINTS: PointSpec[] = [
  { id: 'temp', role: 'sensor', type: 'number' },
  { id: 'lamp', role: 'actuator', type: 'boolean', safe: false },
];

/** A driver that breaks where it is told to. */
export class FrailDriver implements DeviceDriver {
  /** What `connect` does, instead of connecting. */
  onConnect: (() => Promise<never>) | undefined;
  /** What `apply` does, instead of obeying. */
  onApply: (() => Promise<never>) | undefined;
  connections = 0;
  readonly told: Command[] = [];
  private io: DeviceIo | undefined;

  connect(io: DeviceIo): Promise<DeviceSession> {
    this.connections++;
    return this.onConnect ? this.onConnect() : this.join(io);
  }

  /** The device goes away without a cable being pulled. */
  die(): void {
    this.io?.lost('the sketch crashed');
  }

  private async join(io: DeviceIo): Promise<DeviceSession> {
    this.io = io;
    io.describe(POINTS);
    io.report([{ point: 'lamp', value: false }]);
    return { identity: {}, apply: (command) => (this.onApply ? this.onApply() : this.obey(io, command)) };
  }

  private async obey(io: DeviceIo, command: Command): Promise<Confirmed> {
    this.told.push(command);
    io.report([command]);
    return { value: command.value, settled: true };
  }
}

/** A device of a frail driver, its health words and its log. */
export function frailDevice(clock: VirtualClock, store = new Store(clock), id = 'shed') {
  const driver = new FrailDriver();
  const lines: string[] = [];
  const health: string[] = [];
  const say = (level: string) => (fields: object, message: string) => {
    const { err } = fields as { err?: unknown };
    lines.push(`${level} ${message}${err === undefined ? '' : `: ${describeError(err)}`}`);
  };
  const log: Log = { debug: () => {}, info: say('info'), warn: say('warn'), error: say('error'), child: () => log };
  let appear = () => {};
  const device = new Device({
    ...bareMachine,
    id,
    kind: { kind: 'frail', inFlight: 'device', pulses: false },
    driver,
    watch: (wake) => {
      appear = wake;
      return () => {};
    },
    store,
    clock,
    log,
  });
  store.subscribe({ health: (concerned, word) => void (concerned === id && health.push(word)) });
  return { device, driver, store, lines, health, appear: () => appear() };
}
