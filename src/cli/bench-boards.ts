import { join } from 'node:path';
import type { Clock } from '../clock.js';
import type { Config, DeviceConfig } from '../config/schema.js';
import type { DriverKind, DriverRegister, Simulator } from '../device/driver-kind.js';
import { BridgeError } from '../error.js';
import type { Pins, PinsOf } from '../port/pin.js';
import { createVirtualPort, type VirtualPort } from '../port/virtual-port.js';
import type { CliContext } from './context.js';
import { filesIn } from './simulator-folder.js';

/** A device of a bench that runs its real firmware, before it is plugged in. */
export interface BenchDevice {
  readonly simulator: Simulator;
  /** What it is, in a few words. */
  readonly what: string;
}

/** One device of a bench: on a virtual serial port, on simulated pins, or in a folder of made-up kernel files. */
export interface BenchBoard {
  readonly id: string;
  readonly what: string;
  /** The path that the bridge opens, or the folder that it reads; absent for pins. */
  readonly path?: string;
  close(): void;
}

/** Simulated boards beside the one with real firmware. */
const USUAL_BOARDS = 2;

/**
 * The devices that a bench makes up, boards that describe themselves: `count` simulated ones, or where undefined one that
 * runs its real firmware and a few simulated ones.
 */
export function sampleBoards(count: number | undefined, drivers: DriverRegister): Map<string, DeviceConfig> {
  const board = drivers.get('board');
  const [sample] = board?.samples ?? [];
  if (!board || !sample) throw new Error('the register has no driver `board` with a sample');
  const device = (id: string) => ({ driver: 'board', options: board.options.parse({ port: `/dev/null/${id}` }) });
  const devices = new Map<string, DeviceConfig>();
  if (count === undefined) devices.set(sample.id, device(sample.id));
  for (let n = 1; n <= (count ?? USUAL_BOARDS); n++) devices.set(`board${n}`, device(`board${n}`));
  return devices;
}

/** Those of some devices that can run their real firmware: they have the id that it says. */
export async function emulatedBoards(
  devices: Config['devices'],
  { drivers, clock, shipped }: Pick<CliContext, 'drivers' | 'clock' | 'shipped'>,
): Promise<Map<string, BenchDevice>> {
  const emulated = new Map<string, BenchDevice>();
  for (const [id, { driver }] of devices) {
    const sample = drivers.get(driver)?.samples?.find((known) => known.id === id);
    if (!sample) continue;
    const { what, firmware, emulate } = sample;
    emulated.set(id, { simulator: await emulate(shipped(firmware), clock, emulated.size + 1), what });
  }
  return emulated;
}

/**
 * Plugs in every device that is emulated or has a simulator, and points the config at it; the ids of the others are
 * `left`.
 */
export function plugBoards(
  config: Config,
  folder: string,
  { drivers, clock }: Pick<CliContext, 'drivers' | 'clock'>,
  emulated: ReadonlyMap<string, BenchDevice>,
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
      boards.push({ id, what: 'simulated pins and what is wired to them', close: () => simulator.stop() });
      devices.set(id, device);
      continue;
    }
    const path = join(folder, id);
    const sample = emulated.get(id);
    const plugged = sample
      ? plugSerial(path, sample.simulator, clock)
      : plugIn(path, device.options, kind, clock, boards.length + 1);
    if (!plugged) {
      left.push(id);
      continue;
    }
    boards.push({ id, path, what: sample?.what ?? 'simulated', close: plugged.close });
    devices.set(id, { ...device, options: { ...(device.options as object), [plugged.key]: path } });
  }
  return { config: { ...config, devices }, boards, left, pins: (device) => simulated.get(device) ?? noPins };
}

/** Plugs in a simulated device of a kind; `key` is the option that says where it is. Undefined where nobody simulates it. */
function plugIn(path: string, options: unknown, kind: DriverKind | undefined, clock: Clock, seed: number) {
  if (kind?.simulate) return plugSerial(path, kind.simulate(options, clock, seed), clock);
  const simulator = kind?.simulateFiles?.(options, clock, seed);
  if (!simulator) return undefined;
  simulator.plug(filesIn(path));
  return { key: 'root', close: () => simulator.unplug() };
}

function plugSerial(path: string, simulator: Simulator, clock: Clock) {
  const port = createVirtualPort({ link: path, clock });
  plugInto(port, simulator);
  return { key: 'port', close: () => unplug(simulator, port) };
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
