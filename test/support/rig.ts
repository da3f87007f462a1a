import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drivers } from '../../devices/index.js';
import { LinesSimulator } from '../../devices/lines/simulator.js';
import { Bridge } from '../../src/bridge.js';
import { plugInto } from '../../src/cli/bench-boards.js';
import { parseConfig } from '../../src/config/load.js';
import { controlSocket } from '../../src/control/protocol.js';
import type { Simulator } from '../../src/device/driver-kind.js';
import { type Log, silentLog } from '../../src/log.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { pairingOf } from '../../src/pairing.js';
import { LogRing } from '../../src/panel/log-ring.js';
import type { PinsOf } from '../../src/port/pin.js';
import { machinePorts } from '../../src/port/ports.js';
import { createVirtualPort, type VirtualPort } from '../../src/port/virtual-port.js';
import { systemClock } from '../../src/system-clock.js';
import type { Pem } from './certificates.js';
import { noPins } from './no-pins.js';
import { connectPhone, type Phone } from './phone.js';
import type { MakeRelay, TestRelay } from './relays.js';
import { UsbSlots } from './usb-slots.js';

/** A sketch's points as a config lists them: two sensors and two outputs. */
export const SKETCH = {
  driver: 'lines',
  boot: '300ms',
  points: {
    temp: { unit: '°C', min: 10, max: 35 },
    hum: { unit: '%', min: 0, max: 100 },
    pump: { role: 'actuator', type: 'boolean', write: 'PUMP {value:on|off}' },
    fan: { role: 'actuator', type: 'number', min: 0, max: 100, write: 'FAN {value}' },
  },
};

/** Where a panel is, for those that have one. */
const PANEL = { host: '127.0.0.1', port: 0, orAnyPort: false, hostname: 'rig' };

/** A simulated device on a cable that can be pulled and plugged: each time a new pseudo terminal behind the same link. */
export class RigBoard {
  private port: VirtualPort | undefined;

  constructor(
    readonly link: string,
    private readonly device: Simulator,
  ) {}

  /** With the simulator that fits a device's options. */
  static simulating(link: string, { driver, ...options }: JsonObject, seed: number): RigBoard {
    const kind = drivers.get(String(driver));
    const device = kind?.simulate?.(kind.options.parse({ ...options, port: link }), systemClock(), seed);
    if (!device) throw new Error(`nobody simulates ${String(driver)}`);
    return new RigBoard(link, device);
  }

  /** The simulated sketch that prints lines. */
  get simulator(): LinesSimulator {
    return this.simulated(LinesSimulator);
  }

  /** The simulator, which must be of this type. */
  simulated<Kind extends Simulator>(type: new (...parts: never[]) => Kind): Kind {
    if (!(this.device instanceof type)) throw new Error(`this device is no ${type.name}`);
    return this.device;
  }

  /** The pseudo terminal in use. */
  get path(): string | undefined {
    return this.port?.path;
  }

  plug(): void {
    const port = createVirtualPort({ link: this.link });
    this.port = port;
    plugInto(port, this.device);
  }

  /** Sends raw bytes, whatever the simulator does; false when the cable takes no more for now. */
  say(text: string): boolean {
    return this.port?.send(text) ?? false;
  }

  pull(): void {
    this.device.unplug();
    this.port?.close();
    this.port = undefined;
  }
}

/** What a rig is made of. */
export interface RigOptions {
  devices?: { [id: string]: JsonObject };
  /** What is plugged in for some of them, where it is not the driver's own simulator. */
  boards?: { [id: string]: Simulator };
  /** Other sections of the config. */
  config?: JsonObject;
  token?: string;
  /** True: nobody said that a relay without a token is all right. */
  open?: boolean;
  /** End-to-end encryption for the bridge, and for the phones unless they say otherwise. */
  roomKey?: string;
  log?: Log;
  /** Where the panel finds the lines of the log. */
  lines?: LogRing;
  /** The folder of a built page: opens the panel. */
  page?: string;
  pins?: PinsOf;
  /** Encrypts relay and panel with a certificate for 127.0.0.1 that this authority signed. */
  tls?: Pem & { readonly ca: string };
}

/** A whole bench in one process: relay, bridge, boards on pseudo terminals, phones. */
export class Rig {
  private readonly phones: Phone[] = [];

  private constructor(
    readonly bridge: Bridge,
    readonly relay: TestRelay,
    readonly boards: ReadonlyMap<string, RigBoard>,
    readonly usb: UsbSlots,
    private readonly folder: string,
    private readonly token: string | undefined,
    private readonly roomKey: string | undefined,
    private readonly ca: { readonly ca?: string },
  ) {}

  /** Starts everything; the boards are plugged in. */
  static async open(make: MakeRelay, options: RigOptions = {}): Promise<Rig> {
    const { devices = { shed: SKETCH }, config: sections = {}, token, roomKey, log = silentLog } = options;
    const { page, lines = new LogRing(), pins = () => noPins, tls } = options;
    const folder = mkdtempSync(join(tmpdir(), 'carter-rig-'));
    const relay = await make({ log, ...(token !== undefined && { token }), tls });
    const ca = tls ? { ca: tls.ca } : {};
    const boards = new Map<string, RigBoard>();
    for (const [id, device] of Object.entries(devices)) {
      const given = options.boards?.[id];
      const link = join(folder, id);
      boards.set(id, given ? new RigBoard(link, given) : RigBoard.simulating(link, device, boards.size + 1));
    }
    const withPorts = Object.fromEntries(
      Object.entries(devices).map(([id, device]) => [id, { ...device, port: join(folder, id) }]),
    );
    const text = JSON.stringify({
      bridge: { name: 'rig', namespace: 'rig', stateDir: join(folder, 'state') },
      relay: { url: relay.url, channel: 'lab', allowOpenRelay: options.open !== true, token, roomKey },
      devices: withPorts,
      ...sections,
    });
    const { config } = parseConfig({ path: 'rig', text, shared: false }, { drivers, env: {}, homeDir: folder });
    const clock = systemClock();
    // What is plugged into the machine that runs the test is not part of it.
    const usb = new UsbSlots(folder);
    const bridge = new Bridge({
      config,
      relayUrl: relay.url,
      token,
      openRelay: token === undefined && !config.relay.allowOpenRelay,
      drivers,
      version: '0.0.0',
      hostname: 'rig',
      clock,
      random: Math.random,
      log,
      ports: machinePorts(clock, log, usb.roots),
      pairing: pairingOf({ url: relay.url, channel: 'lab', token, roomKey }),
      lines,
      ...(tls && { trust: { ca: tls.ca } }),
      ...(page !== undefined && { panel: { ...PANEL, page, tls: tls && filesOf(tls, folder) } }),
      pins,
    });
    for (const board of boards.values()) board.plug();
    await bridge.start();
    return new Rig(bridge, relay, boards, usb, folder, token, roomKey, ca);
  }

  /** The bridge's control socket. */
  get control(): string {
    return controlSocket(join(this.folder, 'state'));
  }

  board(id = 'shed'): RigBoard {
    const board = this.boards.get(id);
    if (!board) throw new Error(`no board ${id}`);
    return board;
  }

  /** Somebody on the bridge's channel who has no room key. */
  async outsider(name = 'eve'): Promise<Phone> {
    const token = this.token === undefined ? {} : { token: this.token };
    const phone = await connectPhone({ url: this.relay.url, name, channel: 'lab', ...token, ...this.ca });
    this.phones.push(phone);
    return phone;
  }

  /** A phone on the bridge's channel. */
  async phone(name = 'anna', identity: JsonObject = {}, roomKey = this.roomKey): Promise<Phone> {
    const token = this.token === undefined ? {} : { token: this.token };
    const key = roomKey === undefined ? {} : { roomKey };
    const phone = await connectPhone({
      url: this.relay.url,
      name,
      channel: 'lab',
      ...token,
      ...key,
      ...this.ca,
      identity,
    });
    this.phones.push(phone);
    return phone;
  }

  async close(): Promise<void> {
    await Promise.all(this.phones.map((phone) => phone.close()));
    await this.bridge.stop();
    for (const board of this.boards.values()) board.pull();
    this.usb.pullAll();
    await this.relay.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function filesOf({ cert, key }: Pem, folder: string): { cert: string; key: string } {
  const files = { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
  writeFileSync(files.cert, cert);
  writeFileSync(files.key, key);
  return files;
}

/** True for a state frame that has something at `device.point`; with `value`, that value. */
export function says(device: string, point: string, value?: unknown): (frame: JsonObject) => boolean {
  return (frame) => {
    if (frame['msg_type'] !== 'rig.state') return false;
    const points = frame[device] as JsonObject | undefined;
    return points !== undefined && point in points && (value === undefined || points[point] === value);
  };
}
