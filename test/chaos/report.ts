import { RECOVERY_MS, type RunResult } from './run.js';

const LATE_PART = 0.001;

/** Adds up what runs came to. */
export class Report {
  private runs = 0;
  private faults = 0;
  private violations = 0;
  private strays = 0;
  private commands = 0;
  private confirmed = 0;
  private readonly recoveries: number[] = [];
  private readonly late: string[] = [];
  private readonly kinds = new Map<string, number>();
  private first: RunResult | undefined;

  constructor(private readonly say: (line: string) => void) {}

  add(result: RunResult): void {
    this.runs++;
    this.first ??= result;
    this.faults += result.faults.length;
    this.violations += result.violations.length;
    this.commands += result.commands.came;
    this.confirmed += result.commands.confirmed;
    for (const name of result.faults) this.kinds.set(name, (this.kinds.get(name) ?? 0) + 1);
    const { recoveryMs = Number.POSITIVE_INFINITY, seed, faults } = result;
    this.recoveries.push(recoveryMs);
    if (recoveryMs > RECOVERY_MS)
      this.late.push(`seed ${seed}: ${recoveryMs.toFixed(0)} ms after ${faults.join(', ')}`);
  }

  /** A promise was rejected, and nobody listened. */
  stray(error: unknown): void {
    this.strays++;
    this.say(`unhandled rejection: ${error instanceof Error ? error.stack : String(error)}`);
  }

  /** Something happened that must not, or more than one run in a thousand recovered late. */
  get failed(): boolean {
    return this.violations + this.strays > 0 || this.late.length > LATE_PART * this.runs;
  }

  /** Everything but the last line. */
  lines(): string[] {
    const sorted = this.recoveries.toSorted((a, b) => a - b);
    const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]?.toFixed(0);
    const inTime = 100 * (1 - this.late.length / this.runs);
    return [
      ...[...this.kinds].sort(([, a], [, b]) => b - a).map(([name, times]) => `${String(times).padStart(6)} ${name}`),
      ...this.late.slice(0, 20).map((line) => `late recovery, ${line}`),
      `recovery: median ${at(0.5)} ms, 99.9 % ${at(0.999)} ms, worst ${at(1)} ms; within ${RECOVERY_MS / 1000} s in ${inTime.toFixed(2)} % of the runs`,
      `${this.commands} commands came, ${this.confirmed} were confirmed`,
      ...(this.first ? [`trace of seed ${this.first.seed}: ${this.first.hash}`] : []),
    ];
  }

  last(): string {
    return `${this.runs} runs, ${this.faults} faults, ${this.violations} violations, ${this.strays} unhandled rejections`;
  }
}
