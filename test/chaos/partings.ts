import { whenWell } from './faults/fault.js';
import { FORGOTTEN_MS } from './witness.js';
import type { World } from './world.js';

/** Faults that are over may still be felt for so long. */
const ECHO_MS = 2_000;

/** Sees that phones are told of a device that is gone: its values are unknown, and it is not online. */
export class Partings {
  private readonly counts = new Map<string, number>();

  constructor(private readonly world: World) {}

  /** A device is gone. */
  gone(id: string): void {
    const count = (this.counts.get(id) ?? 0) + 1;
    this.counts.set(id, count);
    const isStill = () => this.counts.get(id) === count && !this.world.isThere(id);
    whenWell(this.world, FORGOTTEN_MS, () => {
      // Whoever hammers or reads nothing takes what relays let through, and the word on the device has its turn later.
      if (this.isCrowded) whenWell(this.world, FORGOTTEN_MS, () => isStill() && this.check(id, 2 * FORGOTTEN_MS));
      else if (isStill()) this.check(id, FORGOTTEN_MS);
    });
  }

  private get isCrowded(): boolean {
    const { phones, troubles } = this.world;
    const names = phones.map(({ name }) => name);
    return phones.some(({ asleep }) => asleep) || !troubles.calm(FORGOTTEN_MS, names);
  }

  private check(id: string, ms: number): void {
    const { ledger, phones, troubles, known } = this.world;
    const over = `${ms} ms after ${id} was gone`;
    for (const { name, ready, asleep, health, values } of phones) {
      // Whoever is not reached is told nothing; a slower pace is kept with other words, too.
      const reached = troubles.calm(ms + ECHO_MS, ['relay', 'bridge', 'config', name]);
      if (!ready || asleep || !reached || !known.isJoined) continue;
      ledger.check(health.get(id) !== 'online', `${name} takes ${id} for online ${over}`);
      for (const [point, value] of values) {
        const known = point.startsWith(`${id}.`) && value !== null;
        ledger.check(!known, `${name} takes ${point} for ${String(value)} ${over}`);
      }
    }
  }
}
