import type { FrameSink } from './frame/sink.js';
import { keptToken } from './kept-token.js';
import type { MeshClient, MeshHandlers } from './mesh/client.js';
import type { MeshStats } from './mesh/client-stats.js';
import type { DeviceToken } from './mesh/device-token.js';
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
  request(target: string, type: string, payload: unknown): Promise<unknown>;
  /** See `MeshClient.nodes`. */
  nodes(): Promise<RosterEntry[]>;
}

/** Takes a seat on the relay that the parts name. */
export type MakeSeat = (parts: RelaySeatParts, handlers: SeatHandlers) => Seat;

/** The bridge's seat on a relay, whichever that is: one client at a time, with the token that it shows. */
export class RelaySeat implements Seat {
  private client: MeshClient;
  private tokens: DeviceToken | undefined;
  private over = false;
  channel: string;
  url: string;

  constructor(
    parts: RelaySeatParts,
    private readonly handlers: SeatHandlers,
  ) {
    this.channel = parts.config.relay.channel;
    this.url = parts.relayUrl;
    this.tokens = this.tokenOf(parts);
    this.client = this.clientOf(parts);
  }

  start(): void {
    this.handlers.started?.();
    const { client, tokens } = this;
    if (tokens) void tokens.begin().then((known) => known && client.start());
    else client.start();
  }

  async stop(): Promise<void> {
    this.over = true;
    await this.leave();
  }

  async move(parts: RelaySeatParts): Promise<void> {
    await this.leave();
    if (this.over) return;
    this.channel = parts.config.relay.channel;
    this.url = parts.relayUrl;
    this.tokens = this.tokenOf(parts);
    this.client = this.clientOf(parts);
    this.start();
  }

  endRenewal(): void {
    this.tokens?.stop();
  }

  get name(): string {
    return this.client.name;
  }

  get stats(): MeshStats {
    return this.client.stats;
  }

  get ready(): boolean {
    return this.client.ready;
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

  request(target: string, type: string, payload: unknown): Promise<unknown> {
    return this.client.request(target, type, payload);
  }

  nodes(): Promise<RosterEntry[]> {
    return this.client.nodes();
  }

  private async leave(): Promise<void> {
    this.tokens?.stop();
    await this.client.stop();
  }

  private clientOf(parts: RelaySeatParts): MeshClient {
    const { tokens } = this;
    return joinRelay({ ...parts, tokens }, { ...this.handlers, refused: () => tokens?.refusedByRelay() });
  }

  private tokenOf(parts: RelaySeatParts): DeviceToken | undefined {
    return keptToken({ ...parts, revoked: () => void this.client.stop() });
  }
}
