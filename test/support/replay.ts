import type { MeshFrame } from '../../src/mesh/frame.js';
import { soon } from './eventually.js';
import { difference, parseExact, show } from './json-difference.js';
import { RawClient } from './raw-client.js';
import { masked, RecordedIds } from './recorded-ids.js';
import type { Row } from './recording.js';
import type { VirtualClock } from './virtual-clock.js';

/** A row at which a relay behaves otherwise than the recorded one; ids are written `<id>`. */
export interface Difference {
  readonly row: number;
  readonly recorded: string;
  readonly ours: string;
}

export interface ReplayOptions {
  readonly url: string;
  /** The relay's clock; moved as far as the recording went on. */
  readonly clock: VirtualClock;
  /** Rows where something else than recorded is expected: what does not come there is not waited for. */
  readonly listed: ReadonlySet<number>;
  /** Rows after which a client that the relay closed connects and sends them once more, so that the rest can be played. */
  readonly again: ReadonlySet<number>;
}

/** How long to wait, in the whole of a recording, for what does not come, in ms. */
const PATIENCE_MS = 8_000;
/** Longest text of a difference. */
const LONGEST = 140;

/**
 * Plays the clients of a recording against a relay, row by row to its end, and resolves with every difference, in order of rows:
 * for each client the frames, their order, and how its socket ended. Ids, placeholder names and times may differ, but one recorded id
 * stays one id throughout; numbers are compared as they are written.
 */
export async function replay(rows: readonly Row[], options: ReplayOptions): Promise<Difference[]> {
  return new Replay(options).play(rows);
}

interface Player {
  readonly client: RawClient;
  /** The relay closed it at a row where the recorded relay did not, and that has been told. */
  excused: boolean;
}

class Replay {
  private readonly players = new Map<string, Player>();
  private readonly found: Difference[] = [];
  private readonly ids = new RecordedIds();
  private patience = PATIENCE_MS;
  /** The last send, while what it caused is being looked at. */
  private cause: Row | undefined;

  constructor(private readonly options: ReplayOptions) {}

  async play(rows: readonly Row[]): Promise<Difference[]> {
    let now = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as Row;
      await this.options.clock.advance((row.t - now) * 1_000);
      now = row.t;
      const afterRecv = rows[i - 1]?.dir !== 'send';
      if (row.dir === 'open' || (row.dir === 'send' && afterRecv) || (row.dir === 'close' && row.own)) this.surplus();
      if (row.dir === 'send') {
        const together = [row];
        for (let next = rows[i + 1]; next?.joined; next = rows[++i + 1]) together.push(next);
        await this.send(row, together);
      } else {
        await this.step(row);
      }
    }
    this.cause ??= rows.at(-1);
    this.surplus();
    return this.found.sort((a, b) => a.row - b.row);
  }

  private async step(row: Row): Promise<void> {
    if (row.dir === 'open') await this.open(row);
    else if (row.dir === 'recv') await this.receive(row, this.player(row));
    else if (row.dir === 'close' && row.own) await this.leave(row, this.player(row));
    else if (row.dir === 'close') await this.closed(row, this.player(row));
  }

  private async open({ client, headers, limit }: Row): Promise<void> {
    const opened = await RawClient.connect(this.options.url, headers, { maxPayload: limit });
    this.players.set(client, { client: opened, excused: false });
    await this.settle();
  }

  private async send(row: Row, together: readonly Row[]): Promise<void> {
    this.cause = row;
    const messages = together.map(({ data }) => (typeof data === 'string' ? this.ids.translate(data) : data));
    const { client } = this.player(row);
    client.sendTogether(messages);
    await this.settle();
    if (!this.options.again.has(row.number) || !client.closed) return;
    this.differs(row, `${row.client} stays`, `${row.client} is closed: ${ending(client.closed)}`);
    await this.open(row);
    this.player(row).client.sendTogether(messages);
    await this.settle();
  }

  private async receive(row: Row, player: Player): Promise<void> {
    const { client } = player;
    await this.wait(row, () => client.frames.length > 0 || client.closed !== undefined);
    const text = client.frames.shift();
    const recorded = parseExact(String(row.data));
    if (text !== undefined) {
      const found = difference(recorded, parseExact(text), this.ids.isSame);
      if (found) this.differs(row, `${found.path} ${found.expected}`, `${found.path} ${found.actual}`);
    } else if (client.closed && !player.excused) {
      player.excused = true;
      this.differs(row, brief(recorded), `closed: ${ending(client.closed)}`);
    } else {
      this.differs(row, brief(recorded), 'nothing');
    }
  }

  /** The client's own goodbye. */
  private async leave(row: Row, player: Player): Promise<void> {
    const { client } = player;
    if (client.closed) {
      if (!player.excused) this.differs(row, 'open until here', `closed: ${ending(client.closed)}`);
      return;
    }
    // Whether the rosters of the last goodbyes still reached it was chance.
    client.ignore((frame) => frame.type === 'server_client_list');
    client.socket.close(1000);
    const answer = ending(await client.nextClose());
    if (answer !== ending(row)) this.differs(row, ending(row), answer);
    await this.settle();
  }

  /** The relay, or the client's limit, closed it; one that is still open is taken out of the play all the same. */
  private async closed(row: Row, { client }: Player): Promise<void> {
    await this.wait(row, () => client.closed !== undefined);
    if (!client.closed) {
      this.differs(row, `closed: ${ending(row)}`, 'stays open');
      client.socket.close(1000);
      await client.nextClose();
    } else if (ending(client.closed) !== ending(row)) {
      this.differs(row, `closed: ${ending(row)}`, `closed: ${ending(client.closed)}`);
    }
    await this.settle();
  }

  /** Tells of frames that came after the last send without having been recorded. */
  private surplus(): void {
    const { cause } = this;
    this.cause = undefined;
    if (!cause) return;
    for (const [name, { client }] of this.players) {
      for (const text of client.frames.splice(0)) {
        this.differs(cause, `nothing more for ${name}`, `${name} gets ${brief(parseExact(text))}`);
      }
    }
  }

  /** Waits until the relay has dealt with all that was sent and every answer has arrived. */
  private async settle(): Promise<void> {
    for (let round = 0; round < 2; round++) {
      for (const { client } of this.players.values()) await client.sync();
    }
  }

  private async wait(row: Row, came: () => boolean): Promise<void> {
    if (this.options.listed.has(row.number)) return;
    const begin = performance.now();
    await soon(came, this.patience);
    this.patience -= performance.now() - begin;
  }

  private player({ client, number }: Row): Player {
    const player = this.players.get(client);
    if (!player) throw new Error(`row ${number}: ${client} is not connected`);
    return player;
  }

  private differs({ number }: Row, recorded: string, ours: string): void {
    this.found.push({ row: number, recorded: short(recorded), ours: short(ours) });
  }
}

function brief(frame: unknown): string {
  const { type, payload } = frame as MeshFrame;
  return `${type} ${show(payload)}`;
}

function ending({ code, reason }: { code: number; reason: string }): string {
  return `${code} ${reason}`.trim();
}

function short(text: string): string {
  const plain = masked(text);
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST)}…` : plain;
}
