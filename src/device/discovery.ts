import { type Clock, sleep } from '../clock.js';
import { isBridgeError } from '../error.js';
import type { FailureLog } from '../failure-log.js';
import type { Log } from '../log.js';
import type { OpenLine } from '../port/line-link.js';
import type { SerialPortEntry } from '../port/serial-path.js';
import type { DeviceIdentity } from './driver.js';
import type { DriverKind } from './driver-kind.js';
import type { HandoverLine } from './handover-line.js';
import { probePort } from './port-probe.js';

/** A board that said who it is. */
export interface FoundBoard {
  readonly port: SerialPortEntry;
  readonly kind: DriverKind;
  readonly identity: DeviceIdentity;
  readonly line: HandoverLine;
}

/** What discovery is built from. */
export interface DiscoveryParts {
  /** Kinds of devices that can be asked who they are. */
  kinds: readonly DriverKind[];
  listPorts(): SerialPortEntry[];
  /** Calls `onChange` when the list is another one; the returned function ends that. */
  watchPorts(onChange: () => void): () => void;
  /** True for a port that a device of the config has for itself. */
  isClaimed(path: string): boolean;
  openLine: OpenLine;
  clock: Clock;
  log: Log;
  failures: FailureLog;
  /** All boards found since the last call: when no probe is under way any more. */
  found(boards: readonly FoundBoard[]): void;
  gone(path: string): void;
}

/**
 * USB vendors whose devices are asked who they are: Arduino, its old id, QinHeng (CH340), FTDI, Silicon Labs (CP210x),
 * Prolific, Espressif, Raspberry Pi, Adafruit, SparkFun, PJRC (Teensy). Ids from the USB-IF list.
 */
const VENDORS: ReadonlySet<string> = new Set([
  '2341',
  '2a03',
  '1a86',
  '0403',
  '10c4',
  '067b',
  '303a',
  '2e8a',
  '239a',
  '1b4f',
  '16c0',
]);
/** A new node may still be getting its group and its names. */
const SETTLE_MS = 300;
/** A port that is in use or not ready yet is tried again this often, this many times. */
const RETRY_MS = 2_000;
const TRIES = 3;

/** Asks boards that are plugged in who they are; every port once per plugging in. */
export class Discovery {
  private readonly known = new Map<string, AbortController>();
  private fresh: FoundBoard[] = [];
  private probing = 0;
  private unwatch: (() => void) | undefined;

  constructor(private readonly parts: DiscoveryParts) {}

  start(): void {
    this.unwatch ??= this.parts.watchPorts(() => this.look());
    this.look();
  }

  /** Ends all probes; lines that nobody took are closed. */
  async stop(): Promise<void> {
    this.unwatch?.();
    for (const abort of this.known.values()) abort.abort(new Error('the bridge is stopping'));
    this.known.clear();
    await Promise.all(this.fresh.splice(0).map(({ line }) => line.drop()));
  }

  private look(): void {
    const ports = this.parts.listPorts();
    const paths = new Set(ports.map(({ path }) => path));
    for (const [path, abort] of this.known) {
      if (paths.has(path)) continue;
      abort.abort(new Error('unplugged'));
      this.known.delete(path);
      this.parts.gone(path);
    }
    for (const port of ports) {
      if (this.known.has(port.path) || !port.usb || !VENDORS.has(port.usb.vendorId)) continue;
      const abort = new AbortController();
      this.known.set(port.path, abort);
      void this.probe(port.path, abort.signal);
    }
  }

  private async probe(path: string, signal: AbortSignal): Promise<void> {
    this.probing++;
    try {
      await sleep(this.parts.clock, SETTLE_MS, signal);
      for (let tries = 1; tries <= TRIES; tries++) {
        if (await this.ask(path, signal)) return;
        if (tries < TRIES) await sleep(this.parts.clock, RETRY_MS, signal);
      }
    } catch (error) {
      if (!signal.aborted) this.parts.failures.failed(`asking who is at ${path}`, error);
    } finally {
      this.probing--;
      this.tell();
    }
  }

  /** True when there is nothing left to ask: somebody answered, nobody did, or the port is not for us. */
  private async ask(path: string, signal: AbortSignal): Promise<boolean> {
    const { parts } = this;
    // Read anew, as its lasting names come a moment after the node.
    const port = parts.listPorts().find((entry) => entry.path === path);
    if (!port || parts.isClaimed(path)) return true;
    for (const kind of parts.kinds) {
      if (!kind.probe) continue;
      try {
        const answered = await probePort(path, kind.probe, parts.openLine, parts.clock, signal);
        if (answered) this.fresh.push({ port, kind, ...answered });
        if (answered) return true;
      } catch (error) {
        if (isBridgeError(error, 'port/locked', 'port/settling', 'port/denied')) {
          parts.failures.failed(`asking who is at ${path}`, error);
          return false;
        }
        throw error;
      }
    }
    parts.log.info({ port: path }, 'nobody at this port says who it is; name it in the config to use it');
    return true;
  }

  private tell(): void {
    if (this.probing > 0 || this.fresh.length === 0) return;
    this.parts.found(this.fresh.splice(0));
  }
}
