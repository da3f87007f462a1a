import type { Clock } from './clock.js';
import { restoredOutputs } from './config/restored.js';
import type { Config } from './config/schema.js';
import { BoardMemory, type BoardRecord } from './device/board-memory.js';
import type { FleetMemory } from './device/fleet.js';
import type { Tallies } from './device/tallies.js';
import type { Log } from './log.js';
import type { History } from './state/history.js';
import { KeptFile } from './state/kept-file.js';
import { type HistoryRecord, KeptHistory } from './state/kept-history.js';
import { KeptTallies, type TallyRecord } from './state/kept-tallies.js';
import { type LastValue, LastValues } from './state/last-values.js';
import { Latch, type LatchRecord } from './state/latch.js';
import { OutputMemory } from './state/output-memory.js';
import { StateFolder } from './state/state-folder.js';
import type { Store } from './state/store.js';

/** Least time in milliseconds between two writes of what is large. */
const LARGE_MS = 60_000;

/** What a memory is built from. */
export interface MemoryParts {
  config: Pick<Config, 'bridge' | 'persist' | 'publish' | 'devices'>;
  store: Store;
  history: History;
  clock: Clock;
  log: Log;
}

/** What a bridge remembers of its outputs and values over restarts, each sort in a file of its own. */
export class Memory implements FleetMemory {
  readonly latch: Latch;
  readonly boards: BoardMemory;
  readonly outputs: OutputMemory;
  private readonly folder: StateFolder;
  /** Of what must not get lost. */
  private readonly lasting: readonly { close(): Promise<void> }[];
  private restored: ReadonlySet<string>;
  private readonly counts: KeptTallies;
  private readonly values: LastValues | undefined;
  private readonly kept: KeptHistory | undefined;

  constructor(private readonly parts: MemoryParts) {
    const { config, store, history, clock, log } = parts;
    const { persist, publish } = config;
    const folder = new StateFolder(config.bridge.stateDir, log);
    const file = <T extends object>(name: string) => folder.file<T>(name);
    this.folder = folder;
    this.restored = restoredOutputs(config);
    const estop = new KeptFile(file<LatchRecord>('estop.json'), clock);
    const boards = new KeptFile(file<BoardRecord>('boards.json'), clock);
    this.latch = new Latch(estop);
    this.boards = new BoardMemory(boards);
    this.lasting = [estop, boards];
    this.outputs = new OutputMemory({
      file: file('outputs.json'),
      isKept: (output) => this.restored.has(output),
      clock,
      intervalMs: persist.interval,
    });
    const counters = persist.counters ? file<TallyRecord>('counters.json') : undefined;
    this.counts = new KeptTallies({ file: counters, clock, intervalMs: persist.interval });
    const intervalMs = Math.max(persist.interval, LARGE_MS);
    if (persist.values) this.values = new LastValues({ store, file: file('values.json'), clock, intervalMs });
    if (persist.history) {
      const past = file<HistoryRecord>('history.json');
      this.kept = new KeptHistory({ history, file: past, clock, sampleMs: publish.trend, intervalMs });
    }
  }

  /** To be called once no other bridge uses the folder. */
  start(): void {
    void this.folder.mend();
    if (!this.latch.closed) return;
    const hint = '`carter-bridge set bridge.estop_reset on` resets it';
    this.parts.log.warn({}, `the emergency stop is still latched, as before the start; ${hint}`);
    // Where its file was in doubt it is gone now; and the power may have gone between the two writes of a stop.
    void this.latch.set(true);
    this.outputs.forget();
  }

  /** The outputs whose wishes are kept are another config's from now on. */
  take(config: Pick<Config, 'devices'>): void {
    this.restored = restoredOutputs(config);
    this.outputs.review();
  }

  stopped(): boolean {
    return this.latch.closed;
  }

  tallies(device: string): Tallies {
    return this.counts.of(device);
  }

  /** What was known last of a device's points that are unknown now, where that is remembered. */
  last(device: string): { [point: string]: LastValue } {
    return this.values?.of(device) ?? {};
  }

  /** Takes a sample of all values, and keeps it where that is wanted. */
  sample(): void {
    this.parts.history.sample();
    this.kept?.sampled();
  }

  /** Writes what still waits; resolves once it is on the disk, or could not be written. */
  async close(): Promise<void> {
    await Promise.all([
      ...this.lasting.map((file) => file.close()),
      this.outputs.close(),
      this.counts.close(),
      this.values?.close(),
      this.kept?.close(),
    ]);
  }
}
