import type { Clock } from '../clock.js';
import type { BridgeError } from '../error.js';
import type { FailureLog } from '../failure-log.js';
import type { Log } from '../log.js';
import type { LineDefect, LineNoise } from '../port/line-link.js';
import type { Store } from '../state/store.js';
import type { DeviceHealth } from './device-health.js';
import { Legibility } from './legibility.js';
import { Silence } from './silence.js';
import type { Traffic } from './traffic.js';

/** What a device is heard with. */
export interface HearingParts {
  device: string;
  store: Store;
  clock: Clock;
  log: Log;
  failures: FailureLog;
  traffic: Traffic;
  health: DeviceHealth;
  /** The device speaks again. */
  spoke(): void;
  /** The device said nothing readable for so long that its port may be dead. */
  dead(reason: string): void;
}

const GARBAGE = 'the garbage was noticed';
const NOTHING_YET = 'the device has said nothing yet';

/** Hears whether a device speaks, and whether it can be understood; tells its health and the log. */
export class Hearing {
  private readonly silence: Silence;
  private readonly legibility: Legibility;
  /** Whether anything readable ever came. */
  private spoken = false;

  constructor(private readonly parts: HearingParts) {
    const { clock } = parts;
    this.legibility = new Legibility({
      clock,
      onGarbage: (error) => this.garbage(error),
      onReadable: () => this.readable(),
    });
    this.silence = new Silence({
      clock,
      onStale: () => this.stale(),
      onFresh: () => this.fresh(),
      onDead: () => parts.dead(this.silenceInWords()),
    });
  }

  /** True while the device says nothing. */
  get silent(): boolean {
    return this.silence.stale;
  }

  /** A session begins on which the device should speak. */
  start(): void {
    this.silence.start();
    this.parts.health.setSilent(this.silent);
  }

  /** The session is over; its silence means nothing any more. */
  stop(): void {
    this.silence.stop();
  }

  /** A readable line came. */
  line(): void {
    this.spoken = true;
    this.legibility.line();
    this.silence.heard();
  }

  /** A line came that can't be read. The rest of one that began before the opening says nothing about the device. */
  defect(kind: LineDefect): void {
    if (kind !== 'partial') this.legibility.badLine();
  }

  /** Bytes came without a newline. */
  noise(noise: LineNoise): void {
    this.legibility.noise(noise);
  }

  private stale(): void {
    const { store, device, health, log } = this.parts;
    this.legibility.stale();
    store.stale(device);
    health.setSilent(true);
    const words = this.silenceInWords();
    if (words === NOTHING_YET) log.warn({}, `${words}; has it power, does its sketch print, is \`baud\` its rate?`);
    else log.warn({}, `${words}: its values are stale`);
  }

  private fresh(): void {
    const { store, device, health, log } = this.parts;
    store.fresh(device);
    health.setSilent(false);
    log.info({}, 'the device speaks again');
    this.parts.spoke();
  }

  private garbage(error: BridgeError): void {
    const { failures, traffic, health, log } = this.parts;
    failures.failed('reading', error);
    traffic.tell(GARBAGE, log);
    health.setGarbage(true);
  }

  private readable(): void {
    const { failures, traffic, health } = this.parts;
    failures.recovered('reading');
    traffic.over(GARBAGE);
    health.setGarbage(false);
  }

  private silenceInWords(): string {
    if (this.legibility.lost) return 'the device says nothing readable';
    return this.spoken ? 'the device fell silent' : NOTHING_YET;
  }
}
