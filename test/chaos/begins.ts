import { whenWell } from './faults/fault.js';
import type { World } from './world.js';

/** A bridge that begins has everything that is there within this time. */
const SERVING_MS = 1_000;
/** What was on is safe by then, unless somebody wants it on. */
const SAFE_MS = 2_000;
const STOP_MS = 2_000;
/** Faults that are over may still be felt for so long. */
const ECHO_MS = 2_000;
/** What comes back does so as soon as its device is there and seen safe, and later not any more. */
const COMING_BACK_MS = 20_000;
/** Where a relay was in trouble the bridge may hold off for so long. */
const HOLD_OFF_MS = 61_000;

/** Sees what a bridge that begins makes of what it finds, and what one that stops leaves behind. */
export class Begins {
  private begunAt = 0;

  constructor(private readonly world: World) {}

  /** Whether what was wished before the bridge began may still come back. */
  get isRecent(): boolean {
    return this.world.stage.clock.now() - this.begunAt <= COMING_BACK_MS;
  }

  /** A bridge has begun. */
  begun(): void {
    const { ledger, stage, restores, endedAt } = this.world;
    this.begunAt = stage.clock.now();
    const wanted = restores.mustBeOn(endedAt);
    this.later(SERVING_MS, () => {
      for (const { id } of this.well(SERVING_MS)) {
        ledger.check(this.world.known.isLive(id), `${id} is not live ${SERVING_MS} ms after the bridge began`);
      }
      const calm = this.world.troubles.calm(HOLD_OFF_MS, ['relay', 'bridge']);
      ledger.check(
        !calm || this.world.known.isJoined,
        `the relay is not joined ${SERVING_MS} ms after the bridge began`,
      );
    });
    this.later(SAFE_MS, () => {
      for (const { id, on } of this.well(SAFE_MS)) {
        for (const point of on()) {
          const wished = this.world.orders.wished(id, point) || restores.mayBeOn(`${id}.${point}`);
          ledger.check(wished, `${id}.${point} is on ${SAFE_MS} ms after the bridge began, and nobody wished for that`);
        }
        for (const name of this.world.stops.stoppedAt === undefined ? wanted : []) {
          const [device = '', point = ''] = name.split('.');
          const back = device !== id || on().includes(point) || !restores.mustBeOn(endedAt).includes(name);
          ledger.check(back, `${name} did not come back to what was wished before the bridge began`);
        }
      }
    });
  }

  /** A bridge is asked to stop, and stops. */
  async stopping(stop: () => Promise<readonly string[]>): Promise<void> {
    const { ledger, stage, specimens, troubles } = this.world;
    const { clock, slackMs } = stage;
    const began = clock.now();
    const reached = [...specimens.values()].filter(({ id }) => this.world.hears(id));
    const joined = this.world.known.isJoined;
    for (const left of await stop()) ledger.violate(`${left} after the stop`);
    const took = clock.now() - began;
    ledger.check(took <= STOP_MS + slackMs, 'the stop took longer than 2 s');
    for (const { id, on } of reached) {
      if (!troubles.calm(took + ECHO_MS, [id])) continue;
      for (const point of on()) ledger.violate(`${id}.${point} is not safe after the stop`);
    }
    const told = !joined || !troubles.calm(took + ECHO_MS, ['relay']) || this.world.saidOfflineAt >= began;
    ledger.check(told, 'nobody was told that the bridge stops');
  }

  /** Devices that are there, and had no trouble since a moment before the bridge began. */
  private *well(ms: number) {
    const { specimens, troubles, isThere } = this.world;
    for (const specimen of specimens.values()) {
      if (isThere(specimen.id) && troubles.calm(ms + ECHO_MS, [specimen.id])) yield specimen;
    }
  }

  /** After so much time, if it is the same bridge and it was not held up meanwhile. */
  private later(ms: number, check: () => void): void {
    whenWell(this.world, ms, check);
  }
}
