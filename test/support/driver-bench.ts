import { type DeviceCounters, newCounters } from '../../src/device/counters.js';
import type { Command, Confirmed, DeviceDriver, DeviceEvent, DeviceSession } from '../../src/device/driver.js';
import type { Simulator, SimulatorPort } from '../../src/device/driver-kind.js';
import type { ReadingRules } from '../../src/device/intake.js';
import type { OutputLimits } from '../../src/device/output-limits.js';
import { SessionIo } from '../../src/device/session-io.js';
import type { Tallies } from '../../src/device/tallies.js';
import { Traffic } from '../../src/device/traffic.js';
import { toWire } from '../../src/device/wire-text.js';
import { BridgeError } from '../../src/error.js';
import { type Log, silentLog } from '../../src/log.js';
import type { Pins } from '../../src/port/pin.js';
import { Store } from '../../src/state/store.js';
import { FakeFiles } from './fake-files.js';
import { FakePort } from './fake-line.js';
import { noPins } from './no-pins.js';
import { settle, VirtualClock } from './virtual-clock.js';

/** One driver on a port in memory, with real io and store and a clock that the test moves. */
export class DriverBench {
  readonly port: FakePort;
  readonly files: FakeFiles;
  readonly store: Store;
  readonly counters: DeviceCounters = newCounters();
  readonly events: DeviceEvent[] = [];
  /** What was logged at info level. */
  readonly infos: string[] = [];
  /** What was logged as a warning. */
  readonly warnings: string[] = [];
  readonly io: SessionIo;

  constructor(
    private readonly driver: DeviceDriver,
    pins: Pins = noPins,
    readonly clock = new VirtualClock(),
    readings?: ReadingRules,
    limits?: ReadonlyMap<string, OutputLimits>,
    tallies?: Tallies,
    seat?: object,
  ) {
    this.port = new FakePort(clock);
    this.files = new FakeFiles(clock);
    this.store = new Store(clock);
    const log: Log = {
      ...silentLog,
      info: (_, message) => void this.infos.push(message),
      warn: (_, message) => void this.warnings.push(message),
    };
    this.store.add('dev');
    this.store.subscribe({ event: (_, event) => this.events.push(event) });
    this.io = new SessionIo({
      device: 'dev',
      openLine: this.port.open,
      readText: (path, signal) => this.files.read(path, signal),
      pins,
      store: this.store,
      clock: this.clock,
      log,
      traffic: new Traffic(this.clock),
      counters: this.counters,
      readings,
      tallies,
      limits,
      seat: () => seat,
      heard: () => {},
      defect: () => {},
      noise: () => {},
    });
  }

  /** Begins to connect; the test moves time on. */
  begin(): Promise<DeviceSession> {
    const session = this.driver.connect(this.io, this.io.signal);
    session.catch(() => {});
    return session;
  }

  /** Connects and moves time on by `ms`, within which the driver must be live or have given up. */
  async connect(ms = 2000): Promise<DeviceSession> {
    const session = this.begin();
    await this.clock.advance(ms);
    return await session;
  }

  /** A command with the deadline that the queue gives it: its signal aborts with `device/timeout`. */
  apply(session: DeviceSession, command: Command, within = 1500): Promise<Confirmed> {
    const abort = new AbortController();
    const timer = this.clock.after(within, () => abort.abort(new BridgeError('device/timeout', 'too late')));
    return session.apply(command, abort.signal).finally(() => timer.cancel());
  }

  /** Connects a simulated device to the port. */
  plug(simulator: Simulator, newline = '\n'): void {
    const wire: SimulatorPort = { send: (bytes) => this.port.send(Buffer.from(bytes, 'latin1')), receive: () => {} };
    this.port.onWrite = (line) => wire.receive(toWire(line + newline));
    simulator.plug(wire);
  }

  /** The values in the store. */
  get values(): Record<string, unknown> {
    return Object.fromEntries([...this.store.points('dev')].map(([id, { value }]) => [id, value]));
  }

  /** Ends the session, as the bridge does at its stop. */
  async close(): Promise<void> {
    await this.io.end(new BridgeError('bridge/stopping', 'over'));
    await settle();
  }
}

/** What became of a promise, without an unhandled rejection meanwhile. */
export function outcome<T>(work: Promise<T>): Promise<T | string> {
  return work.catch((error: unknown) => (error instanceof BridgeError ? error.code : String(error)));
}
