import { type Clock, sleep } from '../clock.js';
import { BridgeError, isBridgeError } from '../error.js';
import type { FailureLog } from '../failure-log.js';
import type { Log } from '../log.js';
import type { OpenLine } from '../port/line-link.js';
import type { Holder, SerialPortEntry } from '../port/serial-path.js';
import { identityText } from '../port/usb-identity.js';
import { printable } from '../text.js';
import type { DeviceIdentity } from './driver.js';
import type { DriverKind } from './driver-kind.js';
import type { HandoverLine } from './handover-line.js';
import type { Claim } from './port-claims.js';
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
  /** What tells a node from the next one of the same name. */
  nodeOf(path: string): string | undefined;
  /** Whether a device of the config has a port for itself. */
  claimOn(path: string): Claim;
  /** Other programs that have a port open. */
  holders(path: string): Promise<Holder[]>;
  /** Bits per second to ask at, by kind, where it is not the kind's own. */
  bauds: ReadonlyMap<string, number>;
  /** True while a device of the config waits for its board. */
  isWanted(): boolean;
  openLine: OpenLine;
  clock: Clock;
  random: () => number;
  log: Log;
  failures: FailureLog;
  /** A board said who it is. */
  found(board: FoundBoard): void;
  /** No port is being asked any more. */
  settled(): void;
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
/** Names that the config has for ports may appear this late. */
const NAMES_MS = 2_000;
/** A port that is in use or not ready yet is tried again this often at first, and then slowly for as long as it is there. */
const RETRY_MS = 2_000;
const SLOW_RETRY_MS = 10_000;
const QUICK_RETRIES = 2;
/** Where nobody answered, a board that is slow to start may do so later, as long as a device waits for one. */
const SILENT_RETRY_MS = 30_000;
const SILENT_RETRIES = 2;

type Answer = 'done' | 'busy' | 'silent';

/** Asks boards that are plugged in who they are. */
export class Discovery {
  /** The ports that were seen: which node each is, and how to end what goes on there. */
  private readonly known = new Map<string, { readonly mark: string; readonly abort: AbortController }>();
  private readonly visits = new Set<Promise<void>>();
  private asking = 0;
  private running = false;
  private unwatch: (() => void) | undefined;

  constructor(private readonly parts: DiscoveryParts) {}

  start(): void {
    this.running = true;
    this.unwatch ??= this.parts.watchPorts(() => this.look());
    this.look();
  }

  /** Ends all probes; resolves when their ports are closed. */
  async stop(): Promise<void> {
    this.running = false;
    this.unwatch?.();
    this.unwatch = undefined;
    for (const { abort } of this.known.values()) abort.abort(new Error('the bridge is stopping'));
    this.known.clear();
    await Promise.all(this.visits);
  }

  /** Asks anew who is at a port. */
  again(path: string): void {
    this.known.get(path)?.abort.abort(new Error('asked anew'));
    this.known.delete(path);
    this.look();
  }

  /** Asks anew who is at the ports that are meant. */
  againWhere(isMeant: (path: string) => boolean): void {
    for (const path of [...this.known.keys()].filter(isMeant)) this.again(path);
  }

  private look(): void {
    if (!this.running) return;
    const ports = this.parts.listPorts();
    const marks = new Map(ports.map((port) => [port.path, this.markOf(port)]));
    for (const [path, { mark, abort }] of this.known) {
      if (marks.get(path) === mark) continue;
      abort.abort(new Error('unplugged'));
      this.known.delete(path);
      this.parts.gone(path);
    }
    for (const { path, usb } of ports) {
      if (this.known.has(path) || !usb || !VENDORS.has(usb.vendorId)) continue;
      const abort = new AbortController();
      this.known.set(path, { mark: marks.get(path) ?? path, abort });
      const visit = this.visit(path, abort.signal).finally(() => this.visits.delete(visit));
      this.visits.add(visit);
    }
  }

  /** What tells an adapter at a path from the next one that gets the same path. */
  private markOf({ path, usb }: SerialPortEntry): string {
    return `${path} ${this.parts.nodeOf(path)} ${usb && identityText(usb)}`;
  }

  /** Stays with a port until somebody has answered, or it is not worth asking again. */
  private async visit(path: string, signal: AbortSignal): Promise<void> {
    let busy = 0;
    let silent = 0;
    try {
      for (let answer = await this.ask(path, signal, true); answer !== 'done'; ) {
        if (answer === 'busy') await this.pause(++busy <= QUICK_RETRIES ? RETRY_MS : SLOW_RETRY_MS, signal);
        else if (++silent > SILENT_RETRIES || !this.parts.isWanted()) return;
        else await this.pause(SILENT_RETRY_MS, signal);
        if (answer === 'silent' && !this.parts.isWanted()) return;
        answer = await this.ask(path, signal, false);
      }
    } catch (error) {
      if (!signal.aborted) this.parts.failures.failed(`asking who is at ${path}`, error);
    }
  }

  private pause(ms: number, signal: AbortSignal): Promise<void> {
    return sleep(this.parts.clock, ms, signal);
  }

  /** Asks once, and says so when no port is being asked any more. */
  private async ask(path: string, signal: AbortSignal, isNew: boolean): Promise<Answer> {
    this.asking++;
    try {
      if (isNew) await this.letSettle(path, signal);
      return await this.askKinds(path, signal);
    } finally {
      if (--this.asking === 0 && this.running) this.parts.settled();
    }
  }

  private async letSettle(path: string, signal: AbortSignal): Promise<void> {
    await this.pause(SETTLE_MS, signal);
    for (let waited = SETTLE_MS; waited < NAMES_MS && this.parts.claimOn(path) === 'unsure'; waited += SETTLE_MS) {
      await this.pause(SETTLE_MS, signal);
    }
  }

  private async askKinds(path: string, signal: AbortSignal): Promise<Answer> {
    const { parts } = this;
    if (parts.claimOn(path) === 'claimed') return 'done';
    try {
      const [holder] = await parts.holders(path);
      if (holder) {
        const { pid, command } = holder;
        throw new BridgeError('port/locked', `${path} is in use by ${printable(command, 40)} (process ${pid})`);
      }
      signal.throwIfAborted();
      for (const kind of parts.kinds) {
        // Read anew, as its lasting names come a moment after the node.
        const port = parts.listPorts().find((entry) => entry.path === path);
        if (!port || parts.claimOn(path) === 'claimed') return 'done';
        if (!kind.probe) continue;
        const probe = { ...kind.probe, baud: parts.bauds.get(kind.kind) ?? kind.probe.baud };
        const answered = await probePort(path, probe, parts.openLine, parts.clock, parts.random, signal);
        if (!answered) continue;
        parts.failures.recovered(`asking who is at ${path}`);
        if (signal.aborted) await answered.line.drop();
        else parts.found({ port, kind, ...answered });
        return 'done';
      }
    } catch (error) {
      if (!isBridgeError(error, 'port/locked', 'port/settling', 'port/denied')) throw error;
      parts.failures.failed(`asking who is at ${path}`, error);
      return 'busy';
    }
    parts.log.info({ port: path }, 'nobody at this port says who it is; name it in the config to use it');
    return 'silent';
  }
}
