import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from '../clock.js';
import { loadConfig } from '../config/load.js';
import { readRecording } from '../record/recording.js';
import { replay } from '../record/replay.js';
import type { Tally } from '../record/tally.js';
import { printableJson } from '../text.js';
import { type CliContext, EXIT } from './context.js';
import { openLog } from './open-log.js';

/** What `replay` was asked for. */
export interface ReplayOptions {
  readonly config?: string;
  /** So many times as fast as it was; undefined: as fast as possible. */
  readonly speed?: number | undefined;
}

/** `replay FILE`: what a recorded bridge reads and says, a line each; then how much of that it said when it was recorded. */
export async function replayCommand(file: string, options: ReplayOptions, context: CliContext): Promise<number> {
  const { drivers, clock, signal, err } = context;
  const out = (json: string) => context.out(printableJson(json));
  const { speed } = options;
  const recording = readRecording(file);
  const config = options.config === undefined ? undefined : loadConfig(options.config, context).config;
  const log = openLog({ level: 'warn', pretty: true }, context);
  const stateDir = await mkdtemp(join(tmpdir(), 'carter-replay-'));
  try {
    const pace = (ms: number) =>
      speed === undefined || ms <= 0 ? undefined : sleep(clock, ms / speed, signal).catch(() => {});
    const { frames, writes } = await replay({ recording, config, drivers, stateDir, log, out, pace, signal });
    err(`frames: ${text(frames)}; lines to devices: ${text(writes)}`);
    return EXIT.ok;
  } finally {
    await rm(stateDir, { recursive: true, force: true });
  }
}

function text({ now, before, same }: Tally): string {
  return `${now}, then ${before}, the same ${same}`;
}
