import type { Clock } from '../clock.js';
import type { Log } from '../log.js';
import type { ReadText } from '../port/kernel-files.js';
import type { LineDefect, LineNoise, OpenLine } from '../port/line-link.js';
import type { Pins } from '../port/pin.js';
import type { Store } from '../state/store.js';
import type { DeviceCounters } from './counters.js';
import type { ReadingRules } from './intake.js';
import type { OutputLimits } from './output-limits.js';
import type { OutputPointOptions } from './output-options.js';
import type { Tallies } from './tallies.js';
import type { Traffic } from './traffic.js';

/** What a session's io is built from. */
export interface SessionParts {
  device: string;
  openLine: OpenLine;
  /** Stands for the board in the device's place as long as it is plugged in; nobody knows where absent. */
  seat?(): object | undefined;
  readText: ReadText;
  pins: Pins;
  store: Store;
  clock: Clock;
  log: Log;
  traffic: Traffic;
  counters: DeviceCounters;
  /** What the driver counts; lasts as long as the session where absent. */
  tallies?: Tallies | undefined;
  /** What its readings are to pass; nothing where absent. */
  readings?: ReadingRules | undefined;
  /** What the owner of its outputs allows, by point; nothing where absent. */
  outputs?: ReadonlyMap<string, OutputPointOptions> | undefined;
  /** What the device is to see to itself, where it can. */
  limits?: ReadonlyMap<string, OutputLimits> | undefined;
  /** True while an emergency stop is latched, or was missed by the device; never where absent. */
  stopped?(): boolean;
  /** Called for each sign of life of the device. */
  heard(): void;
  /** Called for each defect of the line. */
  defect(kind: LineDefect): void;
  /** Called for bytes without a newline. */
  noise(noise: LineNoise): void;
}
