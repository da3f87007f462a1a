import { inspect } from 'node:util';
import { afterEach, expect } from 'vitest';
import { describeError } from '../../src/error.js';
import type { Log } from '../../src/log.js';
import { MeshClient, type MeshClientOptions, type MeshHandlers } from '../../src/mesh/client.js';
import { MESH_TIMING, type MeshTiming } from '../../src/mesh/client-timing.js';
import type { Sealed } from '../../src/mesh/e2ee.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { systemClock } from '../../src/system-clock.js';

/** Waits short enough for tests over real sockets; what is not tested keeps its real length. */
export const QUICK: MeshTiming = {
  ...MESH_TIMING,
  retry: { ...MESH_TIMING.retry, first: 10, unreachable: 40, flap: 20, flapMax: 100 },
};

/** A log that keeps `[level] message: error` of everything. */
export class KeptLog implements Log {
  readonly lines: string[] = [];
  /** Everything that was logged, fields included, as one text. */
  all = '';

  debug = (fields: object, message: string): void => this.keep('debug', fields, message);
  info = (fields: object, message: string): void => this.keep('info', fields, message);
  warn = (fields: object, message: string): void => this.keep('warn', fields, message);
  error = (fields: object, message: string): void => this.keep('error', fields, message);
  child = (): Log => this;

  /** Lines of one level. */
  at(level: string): string[] {
    return this.lines.filter((line) => line.startsWith(`[${level}]`));
  }

  private keep(level: string, fields: object, message: string): void {
    const { err } = fields as { err?: unknown };
    this.lines.push(`[${level}] ${message}${err === undefined ? '' : `: ${describeError(err)}`}`);
    this.all += `${inspect(fields, { depth: 10 })} ${message}\n`;
  }
}

/** A mesh client and everything that it told the layer above. */
export class MeshSide {
  readonly log = new KeptLog();
  /** `up`, `down`, in order. */
  readonly moves: string[] = [];
  readonly downs: string[] = [];
  readonly broadcasts: { payload: JsonObject; sealed: Sealed }[] = [];
  readonly requests: { type: string; payload: unknown; sealed: Sealed; answer: (payload: JsonObject) => void }[] = [];
  readonly client: MeshClient;

  constructor(
    url: string,
    options: Partial<MeshClientOptions> = {},
    timing = QUICK,
    handlers: Partial<MeshHandlers> = {},
  ) {
    const told: MeshHandlers = {
      up: () => void this.moves.push('up'),
      down: (reason) => {
        this.moves.push('down');
        this.downs.push(reason);
      },
      broadcast: (payload, sealed) => void this.broadcasts.push({ payload, sealed }),
      request: (type, payload, answer, sealed) => {
        this.requests.push({ type, payload, sealed, answer });
        return type !== 'nonsense';
      },
      reply: (send) => send(),
      ...handlers,
    };
    const base = { url, name: 'garage', channel: 'home', clock: systemClock(), random: () => 0.5, log: this.log };
    this.client = new MeshClient({ ...base, ...options }, told, timing);
    running.add(this.client);
  }

  /** Starts and waits for the welcome. */
  async join(): Promise<this> {
    this.client.start();
    await until(() => this.client.ready);
    return this;
  }
}

/** Polls until the condition holds; fails after 5 s. */
export async function until(condition: () => boolean): Promise<void> {
  await expect.poll(condition, { interval: 2, timeout: 5000 }).toBe(true);
}

const running = new Set<MeshClient>();

/** Stops every client of the test that ran, in the file that calls it. */
export function stopClientsAfterEach(): void {
  afterEach(async () => {
    await Promise.all([...running].map((client) => client.stop()));
    running.clear();
  });
}
