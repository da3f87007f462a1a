import { BridgeError } from '../error.js';
import { MeshStats } from '../mesh/client-stats.js';
import type { JsonObject } from '../mesh/frame.js';
import type { MakeSeat, Seat, SeatHandlers } from '../relay-seat.js';
import type { RelayFrame } from './recording.js';

/** The seat on a recorded relay: hears what was heard then, and tells `sent` what is said now. */
export class ReplayedSeat implements Seat {
  readonly stats = new MeshStats();
  readonly buffered = 0;
  readonly unanswered = 0;
  readonly oldestUnansweredMs = 0;
  readonly recent = 0;
  readonly seals = false;
  late = false;
  ready = false;
  relayId: string | undefined;
  name = '';
  channel = '';
  url = '';
  private handlers: SeatHandlers | undefined;

  constructor(private readonly sent: (frame: RelayFrame) => void) {}

  /** For a bridge that is to sit here. */
  readonly make: MakeSeat = (parts, handlers) => {
    this.handlers = handlers;
    this.name = parts.config.bridge.name;
    this.settle(parts);
    return this;
  };

  /** A frame comes in. */
  receive({ type, payload, sealed = false, late = false, request = '', id, relayId }: RelayFrame): void {
    const { handlers } = this;
    this.late = late;
    if (type === 'welcome') {
      this.ready = true;
      this.relayId = relayId;
      handlers?.up();
    } else if (type === 'closed') {
      this.ready = false;
      handlers?.down('the connection was lost');
    } else if (type === 'broadcast') handlers?.broadcast(payload as JsonObject, sealed);
    else if (type === 'request') {
      const answer = (reply: JsonObject) =>
        this.sent({ type: 'reply', ...(id !== undefined && { id }), payload: reply });
      handlers?.request(request, payload, answer, sealed);
    }
  }

  start(): void {
    this.handlers?.started?.();
  }

  async stop(): Promise<void> {
    this.ready = false;
  }

  async move(parts: Parameters<Seat['move']>[0]): Promise<void> {
    this.settle(parts);
  }

  endRenewal(): void {}

  broadcast(payload: JsonObject): void {
    if (!this.ready) throw new BridgeError('mesh/closed', 'not connected to the relay');
    this.sent({ type: 'broadcast', payload });
    this.handlers?.sent?.(payload);
  }

  async request(): Promise<never> {
    throw new BridgeError('mesh/closed', 'nobody answers in a recording');
  }

  async nodes(): Promise<[]> {
    return [];
  }

  private settle({ config, relayUrl }: Parameters<Seat['move']>[0]): void {
    this.channel = config.relay.channel;
    this.url = relayUrl;
  }
}
