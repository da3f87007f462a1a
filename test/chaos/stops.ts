import type { Clock } from '../../src/clock.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import type { Told } from './dialect.js';
import type { Ledger } from './ledger.js';
import { TOO_OLD_MS } from './orders.js';
import type { OwnTime } from './own-time.js';
import type { Specimen } from './specimen.js';

/** An emergency stop is on the wire of every live device this soon: 20 ms, and as much where a line is under way. */
const STOP_MS = 45;
/** Who hammers the button is heard again after so long. */
const AGAIN_MS = 1_000;

/** What the judge of emergency stops asks of the world. */
export interface StopsParts {
  readonly clock: Clock;
  readonly ownTime: OwnTime;
  readonly ledger: Ledger;
  readonly slackMs: number;
  /** Devices that hear the bridge now. */
  heard(): readonly Specimen[];
  /** When that came to the machine which the bridge sees now. */
  arrivedAt(): number;
  /** Whether the bridge's emergency stop is latched. */
  isLatched(): boolean;
}

/** Sees that an emergency stop is on every wire at once, each time that it is pressed, until it is let go of. */
export class Stops {
  private since: number | undefined;
  /** Somebody has asked to let go of it since it was pressed last; the bridge says whether it has. */
  private released = false;
  /** When it was pressed last, but for what followed at once. */
  private pressedAt = Number.NEGATIVE_INFINITY;
  /** When each device, and each of its outputs, was told to be safe last. */
  private readonly toldAt = new Map<string, number>();

  constructor(private readonly parts: StopsParts) {}

  /** When the emergency stop came, until it is let go of. */
  get stoppedAt(): number | undefined {
    if (this.released && !this.parts.isLatched()) this.latched(false);
    return this.since;
  }

  /** It is latched, whoever latched it, or it is not any more. */
  latched(latched = true): void {
    this.since = latched ? (this.since ?? this.parts.clock.now()) : undefined;
    this.released = false;
    if (!latched) this.born();
  }

  /** Another bridge runs, which knows nothing of who pressed what. */
  born(): void {
    this.pressedAt = Number.NEGATIVE_INFINITY;
  }

  /** A broadcast came to the bridge. */
  came({ msg_type }: JsonObject): void {
    if (msg_type === 'rig.estop') this.stop();
    else if (msg_type === 'rig.estop_reset') this.reset();
  }

  /** The bridge writes to a device. */
  told(device: string, told: Told): void {
    const now = this.parts.clock.now();
    if (told.kind === 'stop') this.toldAt.set(device, now);
    if (told.kind === 'set' && told.isSafe) this.toldAt.set(`${device}.${told.point}`, now);
  }

  private stop(): void {
    const { clock, ledger, ownTime, heard, slackMs } = this.parts;
    ledger.note('emergency stop');
    const now = clock.now();
    this.since = this.stoppedAt ?? now;
    this.released = false;
    if (now - this.pressedAt < AGAIN_MS) return;
    this.pressedAt = now;
    const reached = heard();
    ownTime.after(STOP_MS + slackMs, () => {
      for (const { id, speaksProtocol, outputs } of reached) {
        if (!heard().some((device) => device.id === id)) continue;
        // Who has no word for a stop is told of each output.
        const due = speaksProtocol ? [id] : outputs.map(({ point }) => `${id}.${point}`);
        for (const what of due) {
          const told = (this.toldAt.get(what) ?? Number.NEGATIVE_INFINITY) >= now;
          ledger.check(told, `${what} was not told to stop within ${STOP_MS} ms of the emergency stop`);
        }
      }
    });
  }

  /** Whether a reset is too old to be taken is the bridge's to say, but for one that certainly is. */
  private reset(): void {
    const { ledger, clock, arrivedAt, isLatched, slackMs } = this.parts;
    const waited = clock.now() - arrivedAt();
    const old = this.stoppedAt !== undefined && waited > TOO_OLD_MS + slackMs;
    this.released = true;
    // The bridge hears of it after this.
    queueMicrotask(() => {
      ledger.check(!old || isLatched(), 'a reset that had waited for too long let go of the emergency stop');
    });
  }
}
