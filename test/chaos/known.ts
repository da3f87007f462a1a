import type { Host } from './host.js';

/** A device that went away again and again is `degraded` for a while, and works. */
const LIVE: ReadonlySet<unknown> = new Set(['online', 'degraded']);

/** What the bridge that runs now takes for true. */
export class Known {
  constructor(private readonly host: Host) {}

  /** Whether it has the device, and can command it. */
  isLive(id: string): boolean {
    return LIVE.has(this.host.bridge?.store.health(id));
  }

  /** Whether it has the device, which answers, and is awake to command it. */
  isOnline(id: string): boolean {
    return this.host.awake && this.host.bridge?.store.health(id) === 'online';
  }

  /** Whether it is on the relay. */
  get isJoined(): boolean {
    return this.host.awake && (this.host.bridge?.mesh.ready ?? false);
  }

  /** Whether its emergency stop is latched. */
  get isLatched(): boolean {
    return this.host.bridge?.memory.latch.closed ?? false;
  }

  /** What it says is wrong with a device. */
  troubleOf(id: string): string | undefined {
    return this.host.bridge?.fleet.devices.get(id)?.trouble;
  }

  /** How far it has counted. */
  tally(device: string, name: string): number {
    return this.host.bridge?.memory.tallies(device).get(name) ?? 0;
  }

  value(device: string, point: string): unknown {
    return this.host.bridge?.store.point(device, point)?.value;
  }
}
