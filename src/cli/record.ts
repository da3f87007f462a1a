import { randomUUID } from 'node:crypto';
import type { BridgeParts } from '../bridge.js';
import { seededRandom } from '../device/seeded-random.js';
import { describeError } from '../error.js';
import { KernelFiles } from '../port/kernel-files.js';
import { recordedFiles } from '../record/recorded-files.js';
import { recordedPorts } from '../record/recorded-ports.js';
import { recordedSeat } from '../record/recorded-seat.js';
import { Recorder } from '../record/recorder.js';
import { rememberedIn } from '../record/remembered.js';
import { type MakeSeat, RelaySeat } from '../relay-seat.js';

/** Whether and how far a command records what it does. */
export interface RecordOptions {
  /** The file. */
  readonly record?: string;
  /** Its largest size, in millions of bytes. */
  readonly recordLimit: number;
  /** True: where nothing can be recorded, that is said and everything goes on without. */
  readonly orNothing?: boolean;
}

/**
 * Begins to record what a bridge of these parts will do, and gives the parts with which it is recorded; without `record`
 * they stay as they are. Throws `record/…`.
 */
export async function recorded(
  { record, recordLimit, orNothing = false }: RecordOptions,
  parts: BridgeParts,
): Promise<{ parts: BridgeParts; recorder: Recorder | undefined }> {
  if (record === undefined) return { parts, recorder: undefined };
  const { clock, config, openRelay, version, ports, log } = parts;
  const [source, seed] = [randomUUID(), Math.floor(parts.random() * 2 ** 32)];
  const remembered = rememberedIn(config.bridge.stateDir);
  const head = { version, wall: clock.wall(), seed, source, openRelay, remembered, config };
  const begun = Recorder.begin({ path: record, limit: recordLimit * 1e6, clock, log }, head);
  const recorder = await begun.catch((error: unknown) => {
    if (!orNothing) throw error;
    log.error({}, `nothing is recorded: ${describeError(error)}`);
    return undefined;
  });
  if (!recorder) return { parts, recorder };
  log.info({ file: record, limit_mb: recordLimit }, 'everything that is read and said is recorded, in clear text');
  // The connection has its own chance: a replay has no connection that could use any up.
  const sit: MakeSeat = (place, handlers) => new RelaySeat({ ...place, random: parts.random }, handlers);
  const seat = recordedSeat(recorder, source, sit);
  const random = seededRandom(seed);
  const files = recordedFiles(new KernelFiles(clock), recorder);
  return { parts: { ...parts, source, seat, random, files, ports: recordedPorts(ports, recorder) }, recorder };
}
