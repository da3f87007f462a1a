import type { Timer } from '../clock.js';
import { BridgeError } from '../error.js';
import { FailureLog } from '../failure-log.js';
import type { Log } from '../log.js';
import { type ConnectionEnd, failedOpening } from './client-end.js';
import { ReconnectPolicy } from './client-policy.js';
import { ClientSocket, type SocketHandlers, type SocketOptions } from './client-socket.js';

export interface LinkOptions extends SocketOptions {
  /** Our name on the relay, for the log. */
  readonly name: string;
  /** 0 ≤ r < 1. */
  readonly random: () => number;
  readonly log: Log;
}

/** What a link says to its owner: `up` at every welcome, `down` once after each. */
export interface LinkHandlers extends Pick<SocketHandlers, 'frame' | 'dropped'> {
  up(): void;
  down(error: BridgeError): void;
  /** The relay did not let us in. */
  refused(): void;
}

/** What the log calls it. */
const CONNECTION = 'the connection to the relay';

/** Keeps one connection to the relay after another, as the policy allows, and logs how it goes. */
export class ClientLink {
  private readonly policy: ReconnectPolicy;
  private readonly failures: FailureLog;
  private current: ClientSocket | undefined;
  private retry: Timer | undefined;
  private settled: Timer | undefined;
  private isUp = false;
  private atWar = false;
  private stopped = false;

  constructor(
    private readonly options: LinkOptions,
    private readonly handlers: LinkHandlers,
  ) {
    this.policy = new ReconnectPolicy(options.random, options.timing.retry);
    this.failures = new FailureLog(options.log, options.clock);
  }

  /** The connection that is open or opening; undefined between two. */
  get socket(): ClientSocket | undefined {
    return this.current;
  }

  connect(): void {
    try {
      this.current = new ClientSocket(this.options, {
        admitted: () => this.admitted(),
        frame: (frame) => this.handlers.frame(frame),
        dropped: (reason, sample) => this.handlers.dropped(reason, sample),
        ended: (end) => this.ended(end),
      });
    } catch (error) {
      this.ended(failedOpening(error, this.options.address.display));
    }
  }

  /** Ends the connection, if there is one, and makes no other; resolves within `timing.stop`. */
  async stop(): Promise<void> {
    const socket = this.current;
    this.stopped = true;
    this.current = undefined;
    this.retry?.cancel();
    const gone = socket?.close();
    this.goDown(new BridgeError('mesh/stopped', 'we left the relay'));
    await gone;
  }

  private admitted(): void {
    const { address, clock, log, name, stats, timing } = this.options;
    const level = stats.admissions++ === 0 ? 'info' : 'debug';
    log[level]({ relay: address.display, name }, 'the relay welcomed us');
    const recovered = () => this.failures.recovered(CONNECTION);
    if (this.policy.flapping) this.settled = clock.after(timing.retry.stable, recovered);
    else recovered();
    this.isUp = true;
    this.handlers.up();
  }

  private ended(end: ConnectionEnd): void {
    this.current = undefined;
    const { ms, nameWar } = this.policy.next(end);
    this.failures.failed(CONNECTION, end.error);
    if (nameWar && !this.atWar) this.logNameWar();
    this.atWar = nameWar;
    this.goDown(end.error);
    if (end.kind === 'refused' && !this.stopped) this.handlers.refused();
    if (!this.stopped) this.retry = this.options.clock.after(ms, () => this.connect());
  }

  private goDown(error: BridgeError): void {
    this.settled?.cancel();
    if (!this.isUp) return;
    this.isUp = false;
    this.handlers.down(error);
  }

  private logNameWar(): void {
    const { name, log } = this.options;
    const hint = 'every client needs its own: change bridge.name here, or stop the other one';
    const error = new BridgeError('mesh/name-war', `another client has the name "${name}" on this relay`, { hint });
    log.error({ err: error, name }, 'name war on the relay');
  }
}
