import { isDeepStrictEqual } from 'node:util';
import { deadline } from './clock.js';
import { BridgeError } from './error.js';
import type { FrameSink } from './frame/sink.js';
import { KeptSecrets } from './kept-secrets.js';
import { keptToken } from './kept-token.js';
import type { MeshClient, MeshHandlers } from './mesh/client.js';
import type { MeshStats } from './mesh/client-stats.js';
import type { DeviceToken } from './mesh/device-token.js';
import { ReplayMemory } from './mesh/e2ee-replay.js';
import type { JsonObject } from './mesh/frame.js';
import type { RosterEntry } from './mesh/roster.js';
import { joinRelay, type MeshSideParts } from './mesh-side.js';

/** What says which relay is to be joined, and as whom. */
export type RelaySeatParts = Omit<MeshSideParts, 'tokens'>;

/** What comes from a relay, and what is told of what the bridge does there. */
export type SeatHandlers = Omit<MeshHandlers, 'refused'> & {
  /** It begins to connect. */
  started?(): void;
  sent?(payload: JsonObject): void;
};

/** A bridge's place on a relay. */
export interface Seat extends FrameSink {
  readonly name: string;
  /** Where everybody meets there. */
  readonly channel: string;
  /** Its address. */
  readonly url: string;
  readonly stats: MeshStats;
  /** The id under which peers can route to us now. */
  readonly relayId: string | undefined;
  /** See `FrameSink`; whoever forgets these here is closed by the relay for his rate. */
  readonly oldestUnansweredMs: number;
  readonly recent: number;
  /** True while what comes from there may have been on its way for too long: nobody may still want what he asked for. */
  readonly late: boolean;
  /** Begins to connect, and goes on until `stop`. */
  start(): void;
  /** Leaves for good, within a second. */
  stop(): Promise<void>;
  /** Leaves the relay, and joins another one or with another identity. */
  move(parts: RelaySeatParts): Promise<void>;
  /** The token is not renewed any more; the connection stays. */
  endRenewal(): void;
  /** See `MeshClient.request`. */
  request(target: string, type: string, payload: JsonObject | null): Promise<unknown>;
  /** See `MeshClient.seals`. */
  readonly seals: boolean;
  /** See `MeshClient.nodes`. */
  nodes(): Promise<RosterEntry[]>;
}

/** A question for a token, and what it gave to be kept, is waited for that long when we leave. */
const LEAVING_MS = 1_000;

/** Takes a seat on the relay that the parts name. */
export type MakeSeat = (parts: RelaySeatParts, handlers: SeatHandlers) => Seat;

/** The bridge's seat on a relay, whichever that is: one client at a time, with the token that it shows. */
export class RelaySeat implements Seat {
  private client: MeshClient;
  private tokens: DeviceToken | undefined;
  /** Of all credentials: one that is left may still be answered. */
  private secrets: KeptSecrets | undefined;
  private over = false;
  /** Of all connections: whoever moves the bridge must not make it forget. */
  private readonly replay: ReplayMemory;

  constructor(
    private parts: RelaySeatParts,
    private readonly handlers: SeatHandlers,
  ) {
    this.replay = parts.replay ?? new ReplayMemory();
    this.tokens = this.tokenOf();
    this.client = this.clientOf();
  }

  start(): void {
    this.handlers.started?.();
    const { client, tokens } = this;
    if (tokens) void tokens.begin().then((known) => known && client.start());
    else client.start();
  }

  async stop(): Promise<void> {
    this.over = true;
    // What is still answered meanwhile is written all the same.
    await Promise.all([this.inTime(this.secrets?.close()), this.leave()]);
  }

  async move(parts: RelaySeatParts): Promise<void> {
    // The service may be about to replace the lasting secret: who asked must be the one who hears.
    if (isDeepStrictEqual(credentialOf(parts), credentialOf(this.parts))) await this.client.stop();
    else await this.leave();
    if (this.over) return;
    this.parts = parts;
    this.tokens ??= this.tokenOf();
    this.client = this.clientOf();
    this.start();
  }

  endRenewal(): void {
    void this.tokens?.stop();
  }

  get name(): string {
    return this.client.name;
  }

  get channel(): string {
    return this.parts.config.relay.channel;
  }

  get url(): string {
    return this.parts.relayUrl;
  }

  get stats(): MeshStats {
    return this.client.stats;
  }

  get ready(): boolean {
    return this.client.ready;
  }

  get seals(): boolean {
    return this.client.seals;
  }

  get relayId(): string | undefined {
    return this.client.relayId;
  }

  get late(): boolean {
    return this.client.late;
  }

  get buffered(): number {
    return this.client.buffered;
  }

  get unanswered(): number {
    return this.client.unanswered;
  }

  get oldestUnansweredMs(): number {
    return this.client.oldestUnansweredMs;
  }

  get recent(): number {
    return this.client.recent;
  }

  broadcast(payload: JsonObject): void {
    this.client.broadcast(payload);
    this.handlers.sent?.(payload);
  }

  request(target: string, type: string, payload: JsonObject | null): Promise<unknown> {
    return this.client.request(target, type, payload);
  }

  nodes(): Promise<RosterEntry[]> {
    return this.client.nodes();
  }

  private async leave(): Promise<void> {
    const { tokens } = this;
    this.tokens = undefined;
    await Promise.all([this.inTime(tokens?.stop()), this.client.stop()]);
  }

  /** Neither a service nor a disk that does not answer is waited for any longer. */
  private async inTime(work: Promise<void> | undefined): Promise<void> {
    const late = () => new BridgeError('relay/token', 'it does not answer');
    if (work) await deadline(this.parts.clock, LEAVING_MS, work, late).catch(() => {});
  }

  private clientOf(): MeshClient {
    const { parts, tokens, replay } = this;
    return joinRelay({ ...parts, tokens, replay }, { ...this.handlers, refused: () => tokens?.refusedByRelay() });
  }

  private tokenOf(): DeviceToken | undefined {
    const revoked = () => {
      this.tokens = undefined;
      void this.client.stop();
    };
    const secrets = () => {
      const { config, clock, log } = this.parts;
      this.secrets ??= new KeptSecrets(config.bridge.stateDir, clock, log);
      return this.secrets;
    };
    return keptToken({ ...this.parts, secrets, revoked });
  }
}

function credentialOf({ config, token }: RelaySeatParts): unknown {
  return [config.relay.credential, token];
}
