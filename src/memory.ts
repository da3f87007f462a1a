import type { Clock } from './clock.js';
import { restoredOutputs } from './config/restored.js';
import type { Config } from './config/schema.js';
import { BoardMemory, type BoardRecord } from './device/board-memory.js';
import type { FleetMemory } from './device/fleet-parts.js';
import type { Tallies } from './device/tallies.js';
import { KeptReplay } from './kept-replay.js';
import type { Log } from './log.js';
import type { History } from './state/history.js';
import { KeptFile } from './state/kept-file.js';
import { type HistoryRecord, KeptHistory } from './state/kept-history.js';
import { KeptTallies } from './state/kept-tallies.js';
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

/** What a bridge remembers of its outputs, values and members over restarts, each sort in a file of its own. */
export class Memory implements FleetMemory {
  readonly latch: Latch;
  readonly boards: BoardMemory;
  readonly outputs: OutputMemory;
  readonly replay: KeptReplay;
  readonly folder: StateFolder;
  /** Of what must not get lost. */
  private readonly lasting: readonly { close(): Promise<void> }[];
  private restored: ReadonlySet<string>;
  private persist: Config['persist'];
  private readonly counts: KeptTallies;
  private values: LastValues | undefined;
  private kept: KeptHistory | undefined;
  /** What is not kept any more is still being written. */
  private closing: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: MemoryParts) {
    const { config, clock, log } = parts;
    const { persist, publish } = config;
    this.persist = persist;
    const folder = new StateFolder(config.bridge.stateDir, log);
    const file = <T extends object>(name: string) => folder.file<T>(name);
    this.folder = folder;
    this.restored = restoredOutputs(config);
    const estop = new KeptFile(file<LatchRecord>('estop.json'), clock);
    const boards = new KeptFile(file<BoardRecord>('boards.json'), clock);
    this.latch = new Latch(estop);
    this.boards = new BoardMemory(boards);
    this.lasting = [estop, boards];
    const intervalMs = () => this.persist.interval;
    this.outputs = new OutputMemory({
      file: file('outputs.json'),
      isKept: (output) => this.restored.has(output),
      clock,
      intervalMs,
    });
    this.replay = new KeptReplay(file('replay.json'), clock);
    this.counts = new KeptTallies({ clock, intervalMs });
    this.keep({ history: false, values: false, counters: false }, publish.trend);
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

  /** Keeps what another config wants kept from now on; what was counted, known and sampled goes on. */
  take(config: Pick<Config, 'devices' | 'persist'>): void {
    this.restored = restoredOutputs(config);
    this.outputs.review();
    const before = this.persist;
    this.persist = config.persist;
    this.keep(before);
    void this.folder.mend();
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
      this.replay.close(),
      this.counts.close(),
      this.values?.close(),
      this.kept?.close(),
      this.closing,
    ]);
  }

  /** Opens and closes what is kept otherwise than `before`; `sampleMs`: the pace of the samples in the file, at the start only. */
  private keep(before: Omit<Config['persist'], 'interval'>, sampleMs?: number): void {
    const { persist, folder } = this;
    const { store, history, clock } = this.parts;
    const pace = { clock, intervalMs: () => Math.max(this.persist.interval, LARGE_MS) };
    const closed: (Promise<void> | undefined)[] = [];
    if (persist.counters !== before.counters) {
      closed.push(this.counts.keepIn(persist.counters ? folder.file('counters.json') : undefined));
    }
    if (persist.values !== before.values) {
      closed.push(this.values?.close());
      this.values = persist.values ? new LastValues({ ...pace, store, file: folder.file('values.json') }) : undefined;
    }
    if (persist.history !== before.history) {
      closed.push(this.kept?.close());
      const file = folder.file<HistoryRecord>('history.json');
      this.kept = persist.history ? new KeptHistory({ ...pace, history, file, sampleMs }) : undefined;
    }
    this.closing = Promise.all([this.closing, ...closed]);
  }
}
