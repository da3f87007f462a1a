import { mkdtempSync, readdirSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { sleep } from '../../src/clock.js';
import { silentLog } from '../../src/log.js';
import type { Dial } from '../../src/mesh/client-socket.js';
import type { LineLink } from '../../src/port/line-link.js';
import { machinePorts, type Ports } from '../../src/port/ports.js';
import { createVirtualPort, type VirtualPort } from '../../src/port/virtual-port.js';
import type { Jack } from './cable.js';
import { CountingClock } from './counting-clock.js';
import type { Life } from './life.js';
import { RealRelay } from './real-relay.js';
import { TOKEN } from './relay.js';
import type { PortTaps, Stage } from './stage.js';

/** A busy machine runs timers late, and an emulated board takes its share of it. */
const SLACK_MS = 400;
/** Sockets and ports are gone this soon. */
const GONE_MS = 3_000;
/** How often it is looked whether the machine lets us go on. */
const LOOK_MS = 20;

/** Pseudo terminals, sockets on the loopback interface, and the time of the machine. */
export class RealStage implements Stage {
  readonly token = TOKEN;
  readonly slackMs = SLACK_MS;
  worstLagMs = 0;
  readonly folder = mkdtempSync(join(tmpdir(), 'carter-chaos-'));
  readonly dial: Dial = (url, options) => new WebSocket(url, { ...options, perMessageDeflate: false });
  private readonly taps = new Map<string, PortTaps>();
  private lagTimer: NodeJS.Timeout | undefined;
  private readonly fds = openFiles();

  private constructor(
    readonly clock: CountingClock,
    readonly relay: RealRelay,
  ) {}

  portsFor(life: Life): Ports {
    const ports = machinePorts(life.clock, silentLog);
    return {
      ...ports,
      open: async (options, handlers, signal) => {
        const link = await ports.open(options, handlers, signal);
        const taps = this.taps.get(String(options.port));
        taps?.opened();
        return taps ? tapped(link, taps) : link;
      },
    };
  }

  /** With its relay listening. */
  static async open(): Promise<RealStage> {
    // The first of each in a process opens what stays open.
    createVirtualPort().close();
    watch(tmpdir()).close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const clock = new CountingClock();
    const stage = new RealStage(clock, new RealRelay(clock));
    stage.watchLag(performance.now());
    stage.relay.begin();
    await stage.relay.settled();
    return stage;
  }

  get url(): string {
    return this.relay.url;
  }

  address(id: string): string {
    return join(this.folder, id);
  }

  jack(id: string, taps: PortTaps): Jack {
    const path = this.address(id);
    this.taps.set(path, taps);
    return new PtyJack(path);
  }

  async pass(ms: number): Promise<void> {
    await sleep(this.clock, ms);
  }

  /** Nothing makes real time stand still. */
  during(): void {}

  async finish(work: Promise<unknown>): Promise<void> {
    await work;
  }

  private watchLag(since: number): void {
    this.worstLagMs = Math.max(this.worstLagMs, performance.now() - since - LOOK_MS);
    const now = performance.now();
    this.lagTimer = setTimeout(() => this.watchLag(now), LOOK_MS);
  }

  async close(): Promise<string[]> {
    clearTimeout(this.lagTimer);
    await this.relay.stop();
    const until = this.clock.now() + GONE_MS;
    while (this.clock.now() < until && (this.clock.timers > 0 || openFiles() > this.fds)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    rmSync(this.folder, { recursive: true, force: true });
    const { timers } = this.clock;
    const files = openFiles() - this.fds;
    return [
      ...(timers === 0 ? [] : [`${timers} timers are left`]),
      ...(files <= 0 ? [] : [`${files} file descriptors are left`]),
    ];
  }
}

/** A link whose writes are told in the moment in which they are made: what the kernel has taken may come to the device much later. */
function tapped(link: LineLink, taps: PortTaps): LineLink {
  return {
    path: link.path,
    ended: link.ended,
    write: (line) => {
      taps.wrote(`${line}\n`);
      return link.write(line);
    },
    close: () => link.close(),
  };
}

/** A pseudo terminal behind a link that comes and goes. */
class PtyJack implements Jack {
  private port: VirtualPort | undefined;
  private stalling = false;

  constructor(private readonly link: string) {}

  send(bytes: string): void {
    this.port?.send(Buffer.from(bytes, 'latin1'));
  }

  appear(receive: (bytes: string) => void): void {
    const port = createVirtualPort({ link: this.link });
    this.port = port;
    port.onData((bytes) => receive(bytes.toString('latin1')));
    if (this.stalling) port.pause();
  }

  vanish(): void {
    this.port?.close();
    this.port = undefined;
  }

  stall(stalling: boolean): void {
    this.stalling = stalling;
    if (stalling) this.port?.pause();
    else this.port?.resume();
  }

  refuse(): void {
    throw new Error('a pseudo terminal can not be made to refuse');
  }
}

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}
