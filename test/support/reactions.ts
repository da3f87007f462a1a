import type { MeshHandlers } from '../../src/mesh/client.js';
import type { MeshFrame } from '../../src/mesh/frame.js';
import { soon } from './eventually.js';
import { MeshSide } from './mesh-side.js';
import type { Row } from './recording.js';
import { type ScriptedPeer, ScriptedRelay } from './scripted-relay.js';
import { VirtualClock } from './virtual-clock.js';

/** What our client made of one row that a recorded client received. */
export interface Reaction {
  readonly row: number;
  readonly reaction: string;
}

/** What our client did in the place of a recorded one. */
export interface Played {
  readonly reactions: readonly Reaction[];
  /** All it sent after `identify`. */
  readonly said: readonly MeshFrame[];
  readonly side: MeshSide;
}

/**
 * Puts our client in the place of `client`: a relay says to it what the recorded one said, up to the close. What the
 * recorded client broadcast, and its `get_nodes`, ours sends too; what else that one sent, ours would not.
 */
export async function playClient(rows: readonly Row[], client: string): Promise<Played> {
  const relay = await ScriptedRelay.start({ identify: () => {}, frame: () => {} });
  try {
    const play = new ClientPlay(relay);
    await play.join();
    for (const row of rows) if (row.client === client) await play.step(row);
    return { reactions: play.reactions, said: play.peer.frames.slice(1), side: play.side };
  } finally {
    await relay.kill();
  }
}

/** True for a frame that `playClient` lets our client send as the recorded one did. */
export function isOurs(frame: MeshFrame | undefined): boolean {
  if (frame?.type === 'get_nodes') return true;
  const { type, payload } = frame ?? {};
  return type === 'broadcast_request' && typeof payload === 'object' && payload !== null && !Array.isArray(payload);
}

/** The frame of a row; undefined where it is none. */
export function frameOf(row: Row): MeshFrame | undefined {
  try {
    return JSON.parse(String(row.data)) as MeshFrame;
  } catch {
    return undefined;
  }
}

const LONG = 500_000;

class ClientPlay {
  readonly reactions: Reaction[] = [];
  readonly side: MeshSide;
  private readonly clock = new VirtualClock();
  /** Recorded id of a frame → the id that ours has. */
  private readonly ids = new Map<string, string>();
  private rosters = 0;

  constructor(private readonly relay: ScriptedRelay) {
    const request: MeshHandlers['request'] = (type, payload, answer, sealed) => {
      this.side.requests.push({ type, payload, sealed, answer });
      answer({ ok: true });
      return true;
    };
    this.side = new MeshSide(relay.url, { clock: this.clock }, undefined, { request });
  }

  get peer(): ScriptedPeer {
    return this.relay.peer;
  }

  async join(): Promise<void> {
    this.side.client.start();
    await soon(() => this.relay.peers[0]?.frames.length === 1);
  }

  async step(row: Row): Promise<void> {
    if (row.dir === 'send') await this.say(frameOf(row));
    else if (row.dir === 'recv') await this.hear(row);
    else if (row.dir === 'close' && row.own) await this.side.client.stop();
    else if (row.dir === 'close') await this.lose(row);
  }

  private async say(frame: MeshFrame | undefined): Promise<void> {
    const { client } = this.side;
    if (!frame || !isOurs(frame) || !client.ready) return;
    const before = this.peer.frames.length;
    if (frame.type === 'get_nodes') void client.nodes().then(() => this.rosters++);
    else if (!this.broadcast(frame)) return;
    await this.peer.sync();
    this.ids.set(frame.id, this.peer.frames[before]?.id ?? '');
  }

  private broadcast(frame: MeshFrame): boolean {
    try {
      this.side.client.broadcast(frame.payload as Record<string, unknown>);
      return true;
    } catch {
      return false; // too large for us to send
    }
  }

  private async hear(row: Row): Promise<void> {
    const before = this.tally();
    const { received } = this.side.client.stats;
    const text = String(row.data).replace(/(?<="reply_to": ")[^"]*(?="\}$)/, (id) => this.ids.get(id) ?? id);
    this.peer.send(text);
    await soon(() => this.side.client.stats.received > received);
    // After much it takes a second until more is read.
    if (text.length > LONG) await this.clock.advance(1_000);
    await this.peer.sync();
    this.note(row, before);
  }

  private async lose(row: Row): Promise<void> {
    const { lines } = this.side.log;
    const before = lines.length;
    if (row.code === 1006) this.peer.kill();
    else this.peer.close(row.code, row.reason);
    await soon(() => lines.length > before);
    const code = /\[(mesh\/[a-z-]+)\]$/.exec(lines[before] ?? '')?.[1] ?? 'nothing';
    this.reactions.push({ row: row.number, reaction: code });
  }

  /** Everything that may become more by a frame. */
  private tally(): Map<string, number> {
    const { client, broadcasts, requests } = this.side;
    const { stats } = client;
    return new Map<string, number>([
      ['welcomed', stats.admissions],
      ['broadcast', broadcasts.length],
      ['request', requests.length],
      ['answered', stats.answered],
      ['roster', this.rosters],
      ['refused', stats.refused],
      ['sent', -client.unanswered - stats.refused],
      ['failed', stats.handlerErrors],
      ...Object.entries(stats.dropped).map(([reason, count]): [string, number] => [`dropped: ${reason}`, count]),
    ]);
  }

  private note(row: Row, before: Map<string, number>): void {
    const grown = [...this.tally()].filter(([what, count]) => count > (before.get(what) ?? 0));
    this.reactions.push({ row: row.number, reaction: grown.map(([what]) => what).join(', ') || 'nothing' });
  }
}
