import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { RawClient } from './raw-client.js';
import type { VirtualClock } from './virtual-clock.js';

/** One row of a recorded conversation; `t` in seconds. */
interface Row {
  t: number;
  client: string;
  dir: 'open' | 'send' | 'recv' | 'close' | 'note';
  raw?: string;
  rawHex?: string;
  code?: number;
  reason?: string;
}

/** What a recording does not say by itself. */
export interface ReplayOptions {
  url: string;
  /** The relay's clock; moved as far as the recording went on. */
  clock: VirtualClock;
  /** Clients that the relay, not the client, closed with 1000. */
  closedByRelay?: string[];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Plays the clients of a recording against a relay; throws at the first frame or close that differs, is missing, or is one too many. */
export async function replay(file: URL, options: ReplayOptions): Promise<void> {
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Row);
  await new Replay(options).play(rows);
}

class Replay {
  private readonly clients = new Map<string, RawClient>();
  /** Recorded id → the id the relay gave this time. */
  private readonly ids = new Map<string, string>();

  constructor(private readonly options: ReplayOptions) {}

  async play(rows: Row[]): Promise<void> {
    let now = 0;
    for (const [index, row] of rows.entries()) {
      await this.options.clock.advance((row.t - now) * 1_000);
      now = row.t;
      try {
        await this.step(row);
      } catch (error) {
        throw new Error(`row ${index + 1} (${row.client} ${row.dir}): ${(error as Error).message}`);
      }
    }
    for (const [name, client] of this.clients) {
      if (client.frames.length > 0) throw new Error(`${name} got more than recorded: ${client.frames.join('\n')}`);
    }
  }

  private async step(row: Row): Promise<void> {
    if (row.dir === 'note') return;
    if (row.dir === 'open') {
      this.clients.set(row.client, await RawClient.connect(this.options.url));
      return;
    }
    const client = this.clients.get(row.client);
    if (!client) throw new Error('is not connected');
    if (row.dir === 'send') {
      client.send(row.rawHex === undefined ? this.translate(row.raw ?? '') : Buffer.from(row.rawHex, 'hex'));
      await this.settle();
    } else if (row.dir === 'recv') {
      const text = await client.nextText();
      const difference = this.compare(JSON.parse(row.raw ?? ''), JSON.parse(text), '');
      if (difference) throw new Error(`${difference}\nrecorded ${row.raw}\nreceived ${text}`);
    } else {
      await this.end(row, client);
    }
  }

  private async end(row: Row, client: RawClient): Promise<void> {
    const byRelay = row.code !== 1000 || this.options.closedByRelay?.includes(row.client);
    if (!byRelay) {
      if (client.closed) throw new Error(`the relay closed it: ${JSON.stringify(client.closed)}`);
      client.socket.close(1000);
      // Whether the rosters of the last goodbyes still reached it was chance.
      client.ignore((frame) => frame.type === 'server_client_list');
    }
    const closed = await client.nextClose();
    const recorded = { code: row.code, reason: row.reason };
    if (byRelay && !isDeepStrictEqual(closed, recorded)) throw new Error(`closed with ${JSON.stringify(closed)}`);
    await this.settle();
  }

  /** Waits until the relay has dealt with all that was sent and every answer has arrived. */
  private async settle(): Promise<void> {
    for (let round = 0; round < 2; round++) {
      for (const client of this.clients.values()) await client.sync();
    }
  }

  private translate(raw: string): string {
    return raw.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => this.ids.get(id) ?? id);
  }

  /** Undefined where `actual` says what `expected` says; ids, placeholder names and times may differ, but one recorded id is one id throughout. */
  private compare(expected: unknown, actual: unknown, path: string): string | undefined {
    if (typeof expected === 'string' && typeof actual === 'string') {
      if (UUID.test(expected) && UUID.test(actual)) return this.unify(expected, actual, path);
      if (/^Client-\d+$/.test(expected) && /^Client-\d+$/.test(actual)) return undefined;
    }
    if (/\.(uptime|l)$/.test(path) && typeof expected === 'number' && typeof actual === 'number') return undefined;
    if (typeof expected !== 'object' || expected === null || typeof actual !== 'object' || actual === null) {
      return Object.is(expected, actual) ? undefined : `differs at ${path || 'the top'}`;
    }
    if (!isDeepStrictEqual(Object.keys(expected).sort(), Object.keys(actual).sort()))
      return `other keys at ${path || 'the top'}`;
    for (const [key, value] of Object.entries(expected)) {
      const difference = this.compare(value, (actual as Record<string, unknown>)[key], `${path}.${key}`);
      if (difference) return difference;
    }
    return undefined;
  }

  private unify(recorded: string, actual: string, path: string): string | undefined {
    const known = this.ids.get(recorded);
    if (known === undefined) this.ids.set(recorded, actual);
    return known === undefined || known === actual ? undefined : `another id at ${path}`;
  }
}
