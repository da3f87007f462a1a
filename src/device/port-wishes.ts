import type { PortAddress } from '../port/line-link.js';
import type { DeviceEntries } from './fleet-change.js';

/** Which ports the devices of the config want: the collections stay the same ones while they are learnt anew. */
export class PortWishes {
  /** Devices that wait for a board that is found by asking, with their kind. */
  readonly waiting = new Map<string, string>();
  /** Ports that devices have for themselves. */
  readonly claims: PortAddress[] = [];
  /** Bits per second at which to look for boards, by kind, where all devices that wait for one agree. */
  readonly bauds = new Map<string, number>();

  /** Forgets all wishes for those of these devices; true where they are others than before. */
  learn(devices: DeviceEntries): boolean {
    const before = this.text();
    this.waiting.clear();
    this.claims.length = 0;
    this.bauds.clear();
    for (const [id, { driver, options }] of devices) {
      const port = portOf(options);
      if (port === 'auto') this.waiting.set(id, driver);
      else if (port !== undefined) this.claims.push(port);
    }
    for (const kind of new Set(this.waiting.values())) {
      const bauds = [...devices.values()].filter((d) => d.driver === kind).flatMap((d) => baudWhereAuto(d.options));
      const [baud, ...others] = new Set(bauds);
      if (baud !== undefined && others.length === 0) this.bauds.set(kind, baud);
    }
    return this.text() !== before;
  }

  private text(): string {
    return JSON.stringify([[...this.waiting], this.claims, [...this.bauds]]);
  }
}

/** The port that a device's options name, where they do; `auto` for a board that is found by asking. */
export function portOf(options: unknown): PortAddress | undefined {
  const port = (options as { port?: unknown } | null)?.port;
  return typeof port === 'string' || (typeof port === 'object' && port !== null) ? (port as PortAddress) : undefined;
}

/** The baud rate of a device whose board is found by asking; empty for any other. */
function baudWhereAuto(options: unknown): number[] {
  const { port, baud } = (options ?? {}) as { port?: unknown; baud?: unknown };
  return port === 'auto' && typeof baud === 'number' ? [baud] : [];
}
