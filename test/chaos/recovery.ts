import type { Phone } from './phone.js';
import type { World } from './world.js';

const RELAY = 'relay';
/** A device is degraded that lost so many sessions in a row; what stayed for so long, and was told of, is not any more. */
const SESSIONS = 5;
const PROVEN_MS = 31_000;
/** Sensors say something new twice a second, which is told once a second at least; a busy machine slows emulated boards down. */
const FRESH_MS = 2_000;

/** Sees how soon all is well again after the last fault, at the relay and at each device. */
export class Recovery {
  /** Since when each place is well without a break. */
  private readonly wellAt = new Map<string, number>();
  private readonly places: readonly string[];

  constructor(private readonly world: World) {
    this.places = [RELAY, ...world.specimens.keys()];
  }

  /** Looks how things are now; what was well and is not any more has not recovered. */
  look(): void {
    const now = this.world.stage.clock.now();
    for (const place of this.places) {
      if (!this.isWell(place)) this.wellAt.delete(place);
      else if (!this.wellAt.has(place)) this.wellAt.set(place, now);
    }
  }

  /** The places that are not well, as they were looked at last. */
  get missing(): string[] {
    return this.places.filter((place) => !this.wellAt.has(place));
  }

  /** Milliseconds that the slowest place took, and which that is; undefined where one is not well at all. */
  get slowest(): { readonly place: string; readonly ms: number } | undefined {
    if (this.missing.length > 0) return undefined;
    const took = this.places.map((place) => ({ place, ms: this.tookMs(place) }));
    return took.reduce((slowest, one) => (one.ms > slowest.ms ? one : slowest));
  }

  private isWell(place: string): boolean {
    const since = this.quietSince(place);
    if (since === undefined) return false;
    const { phones, known } = this.world;
    // What a phone knows of a device may happen to be right, while nobody tells it anything.
    if (!known.isJoined || !phones.every(({ ready }) => ready)) return false;
    return place === RELAY || phones.every((phone) => this.knows(phone, place, since));
  }

  /** Whether a phone knows how a device is: it was told something of each sensor that is newer than `since`, and not old. */
  private knows(phone: Phone, id: string, since: number): boolean {
    const { specimens, witnesses, stage } = this.world;
    const from = Math.max(since + 1, stage.clock.now() - FRESH_MS - 10 * stage.slackMs);
    const { sensors = [], slowSensors = [], outputs = [] } = specimens.get(id) ?? {};
    const told = (point: string) => phone.values.get(`${id}.${point}`);
    const isNews = (sensor: string) => witnesses.get(id)?.saidSince(sensor, told(sensor), from);
    const known = [...slowSensors, ...outputs.map(({ point }) => point)];
    const isKnown = (point: string) => (told(point) ?? null) !== null;
    return this.isHealthy(phone.health.get(id), id) && sensors.every(isNews) && known.every(isKnown);
  }

  /** A device that went away again and again is `degraded` until it has stayed for long, and works. */
  private isHealthy(word: unknown, id: string): boolean {
    const { attempts, stage } = this.world;
    if (word !== 'degraded') return word === 'online';
    const stayed = stage.clock.now() - attempts.last(id);
    return stayed <= PROVEN_MS + stage.slackMs && attempts.countSince(id, 0) > SESSIONS;
  }

  private quietSince(place: string): number | undefined {
    return this.world.troubles.quietSince(place, this.places);
  }

  private tookMs(place: string): number {
    const wellAt = this.wellAt.get(place) ?? Number.POSITIVE_INFINITY;
    // Nobody is told of a device before the relay is there.
    const since = Math.max(this.beganAt(place, wellAt), this.beganAt(RELAY, this.wellAt.get(RELAY) ?? wellAt));
    return Math.max(0, wellAt - since);
  }

  /** When the bridge could begin to recover: at its first try, where it holds off on purpose, but no later than it may. */
  private beganAt(place: string, wellAt: number): number {
    const { troubles, attempts } = this.world;
    const quiet = this.quietSince(place) ?? Number.POSITIVE_INFINITY;
    const held = troubles.heldUntil(place);
    const tried = attempts.firstBetween(place, quiet, wellAt) ?? quiet;
    return Math.max(quiet, Math.min(tried, held));
  }
}
