import type { Clock } from '../clock.js';
import { FailureLog } from '../failure-log.js';
import type { Log } from '../log.js';
import type { Ports } from '../port/ports.js';
import type { Boards } from './boards.js';
import { Discovery } from './discovery.js';
import type { DriverRegister } from './driver-kind.js';
import type { PortClaims } from './port-claims.js';
import type { PortWishes } from './port-wishes.js';

/** What the search for boards is built from. */
export interface BoardSearchParts {
  readonly drivers: DriverRegister;
  readonly ports: Ports;
  readonly boards: Boards;
  readonly wishes: PortWishes;
  readonly claims: PortClaims;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

/** Looks for boards at the ports, as long as somebody wants any. */
export class BoardSearch {
  private discovery: Discovery | undefined;
  private running = false;

  constructor(private readonly parts: BoardSearchParts) {}

  /** Begins, where boards are `wanted`. */
  start(wanted: boolean): void {
    this.running = true;
    if (!wanted || this.discovery) return;
    this.discovery = this.newDiscovery();
    this.discovery.start();
  }

  /** Ends it; resolves when the ports that were being asked are closed. */
  async stop(): Promise<void> {
    this.running = false;
    await this.end();
  }

  /** Asks anew who is at a port. */
  again(path: string): void {
    this.discovery?.again(path);
  }

  /** Other ports are claimed, or other devices wait: whoever is at a port that no device has is asked again. */
  async anew(wanted: boolean): Promise<void> {
    const { boards } = this.parts;
    if (!this.running) return;
    if (!wanted) {
      await this.end();
      boards.settled();
    } else if (this.discovery) this.discovery.againWhere((path) => !boards.has(path));
    else this.start(wanted);
  }

  private async end(): Promise<void> {
    const { discovery } = this;
    this.discovery = undefined;
    await discovery?.stop();
  }

  private newDiscovery(): Discovery {
    const { drivers, ports, boards, wishes, claims, clock, random, log } = this.parts;
    return new Discovery({
      kinds: [...drivers.values()].filter((kind) => kind.probe),
      listPorts: ports.list,
      watchPorts: ports.watchList,
      nodeOf: ports.nodeOf,
      claimOn: (path) => claims.on(path),
      holders: ports.holders,
      bauds: wishes.bauds,
      isWanted: () => boards.wanted,
      openLine: ports.open,
      clock,
      random,
      log,
      failures: new FailureLog(log, clock),
      found: (board) => boards.found(board),
      settled: () => boards.settled(),
      gone: (path) => boards.gone(path),
    });
  }
}
