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

/** The bridge's seat on a relay, whichever that is: one client at a time, with the token that it shows. */
export class RelaySeat implements FrameSink {
  private client: MeshClient;
  private tokens: DeviceToken | undefined;
  private over = false;
  /** Where everybody meets on the relay. */
  channel: string;

  constructor(
    parts: RelaySeatParts,
    private readonly handlers: Omit<MeshHandlers, 'refused'>,
  ) {
    this.channel = parts.config.relay.channel;
    this.tokens = this.tokenOf(parts);
    this.client = this.clientOf(parts);
  }

  /** Begins to connect, with a token that is fresh. */
  start(): void {
    const { client, tokens } = this;
    if (tokens) void tokens.begin().then((known) => known && client.start());
    else client.start();
  }

  /** Leaves the relay for good, within a second. */
  async stop(): Promise<void> {
    this.over = true;
    await this.leave();
  }

  /** Leaves the relay, and joins another one or with another identity. */
  async move(parts: RelaySeatParts): Promise<void> {
    await this.leave();
    if (this.over) return;
    this.channel = parts.config.relay.channel;
    this.tokens = this.tokenOf(parts);
    this.client = this.clientOf(parts);
    this.start();
  }

  /** The token is not renewed any more; the connection stays. */
  settle(): void {
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

  /** See `MeshClient.relayId`. */
  get relayId(): string | undefined {
    return this.client.relayId;
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

  /** See `MeshClient.broadcast`. */
  broadcast(payload: JsonObject): void {
    this.client.broadcast(payload);
  }

  /** See `MeshClient.request`. */
  request(target: string, type: string, payload: unknown): Promise<unknown> {
    return this.client.request(target, type, payload);
  }

  /** See `MeshClient.nodes`. */
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
