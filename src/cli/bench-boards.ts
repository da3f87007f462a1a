import { join } from 'node:path';
import type { Clock } from '../clock.js';
import type { Config, DeviceConfig } from '../config/schema.js';
import type { DriverRegister, Simulator } from '../device/driver-kind.js';
import { BridgeError } from '../error.js';
import type { Pins, PinsOf } from '../port/pin.js';
import { createVirtualPort, type VirtualPort } from '../port/virtual-port.js';

/** One simulated board behind its virtual serial port, or on simulated pins. */
export interface BenchBoard {
  readonly id: string;
  /** The path that the bridge opens; absent for pins. */
  readonly path?: string;
  close(): void;
}

/** The config of a device that a bench makes up: a board that describes itself. */
export function sampleDevice(drivers: DriverRegister, port: string): DeviceConfig {
  const board = drivers.get('board');
  if (!board) throw new Error('the register has no driver `board`');
  return { driver: 'board', options: board.options.parse({ port }) };
}

/** Plugs a simulated board into a virtual port for every device that has a simulator, and points the config at it. */
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
    if (!kind?.simulate) {
      left.push(id);
      continue;
    }
    const simulator = kind.simulate(device.options, clock, boards.length + 1);
    const path = join(folder, id);
    const port = createVirtualPort({ link: path, clock });
    plugInto(port, simulator);
    boards.push({ id, path, close: () => unplug(simulator, port) });
    devices.set(id, { ...device, options: { ...(device.options as object), port: path } });
  }
  return { config: { ...config, devices }, boards, left, pins: (device) => simulated.get(device) ?? noPins };
}

const none = () => Promise.reject(new BridgeError('pin/no-chip', 'a bench has simulated pins only'));
const noPins: Pins = { openInput: none, openOutput: none, openPwm: none };

/** Plugs a simulated device into a virtual port. */
export function plugInto(port: VirtualPort, simulator: Simulator): void {
  const wire = { send: (text: string) => void port.send(text), receive: (_text: string) => {} };
  simulator.plug(wire);
  port.onData((bytes) => wire.receive(bytes.toString('utf8')));
}

function unplug(simulator: Simulator, port: VirtualPort): void {
  simulator.unplug();
  port.close();
}
