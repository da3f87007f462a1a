import { join } from 'node:path';
import type { Clock } from '../clock.js';
import type { Config, DeviceConfig } from '../config/schema.js';
import type { DriverKind, DriverRegister, Simulator } from '../device/driver-kind.js';
import { BridgeError } from '../error.js';
import type { Pins, PinsOf } from '../port/pin.js';
import { createVirtualPort, type VirtualPort } from '../port/virtual-port.js';
import { filesIn } from './simulator-folder.js';

/** One simulated device, on a virtual serial port, on simulated pins, or in a folder of made-up kernel files. */
export interface BenchBoard {
  readonly id: string;
  /** The path that the bridge opens, or the folder that it reads; absent for pins. */
  readonly path?: string;
  close(): void;
}

/** The config of a device that a bench makes up: a board that describes itself. */
export function sampleDevice(drivers: DriverRegister, port: string): DeviceConfig {
  const board = drivers.get('board');
  if (!board) throw new Error('the register has no driver `board`');
  return { driver: 'board', options: board.options.parse({ port }) };
}

/** Plugs a simulated device in for every device of the config that has a simulator, and points the config at it. */
export function plugBoards(
  config: Config,
  folder: string,
  drivers: DriverRegister,
  clock: Clock,
): { config: Config; boards: BenchBoard[]; left: string[]; pins: PinsOf } {
  const simulated = new Map<string, Pins>();
  const devices = new Map<string, DeviceConfig>();
  const boards: BenchBoard[] = [];
  const left: string[] = [];
  for (const [id, device] of config.devices) {
    const kind = drivers.get(device.driver);
    if (kind?.simulatePins) {
      const simulator = kind.simulatePins(device.options, clock, boards.length + 1);
      simulated.set(id, simulator.pins);
      simulator.start();
      boards.push({ id, close: () => simulator.stop() });
      devices.set(id, device);
      continue;
    }
    const path = join(folder, id);
    const plugged = plugIn(path, device.options, kind, clock, boards.length + 1);
    if (!plugged) {
      left.push(id);
      continue;
    }
    boards.push({ id, path, close: plugged.close });
    devices.set(id, { ...device, options: { ...(device.options as object), [plugged.key]: path } });
  }
  return { config: { ...config, devices }, boards, left, pins: (device) => simulated.get(device) ?? noPins };
}

/** Plugs in a simulated device of a kind; `key` is the option that says where it is. Undefined where nobody simulates it. */
function plugIn(path: string, options: unknown, kind: DriverKind | undefined, clock: Clock, seed: number) {
  if (kind?.simulate) {
    const simulator = kind.simulate(options, clock, seed);
    const port = createVirtualPort({ link: path, clock });
    plugInto(port, simulator);
    return { key: 'port', close: () => unplug(simulator, port) };
  }
  const simulator = kind?.simulateFiles?.(options, clock, seed);
  if (!simulator) return undefined;
  simulator.plug(filesIn(path));
  return { key: 'root', close: () => simulator.unplug() };
}

const none = () => Promise.reject(new BridgeError('pin/no-chip', 'a bench has simulated pins only'));
const noPins: Pins = { openInput: none, openOutput: none, openPwm: none };

/** Plugs a simulated device into a virtual port. */
export function plugInto(port: VirtualPort, simulator: Simulator): void {
  const wire = { send: (bytes: string) => void port.send(Buffer.from(bytes, 'latin1')), receive: (_: string) => {} };
  simulator.plug(wire);
  port.onData((bytes) => wire.receive(bytes.toString('latin1')));
}

function unplug(simulator: Simulator, port: VirtualPort): void {
  simulator.unplug();
  port.close();
}
