import { WiredSimulator } from '../../src/device/wired-simulator.js';

const PRINT_MS = 500;

/** A sketch that prints whole, closed lines of numbered values, and obeys `PUMP on` and `LEVEL 5`. */
export class NumberedSketch extends WiredSimulator {
  pump = false;
  level = 0;
  /** How often each command line was carried out, over all starts. */
  readonly executions = new Map<string, number>();
  private count = 0;
  private heard = '';

  /** What it measures is `base` plus a number that only rises. */
  constructor(
    clock: ConstructorParameters<typeof WiredSimulator>[0],
    private readonly base: number,
  ) {
    super(clock);
  }

  override reset(): void {
    this.quiet();
    this.pump = false;
    this.level = 0;
    this.heard = '';
    this.later(50, () => this.print());
  }

  /** Measures anew and says it. */
  measure(): void {
    this.count++;
    this.say();
  }

  protected override receive(bytes: string): void {
    const lines = (this.heard + bytes).split('\n');
    this.heard = (lines.pop() ?? '').slice(0, 64);
    for (const line of lines) this.obey(line);
  }

  private obey(line: string): void {
    const pump = /^PUMP (on|off)$/.exec(line)?.[1];
    const level = /^LEVEL (\d+)$/.exec(line)?.[1];
    if (pump === undefined && level === undefined) return;
    if (pump !== undefined) this.pump = pump === 'on';
    if (level !== undefined) this.level = Number(level);
    this.executions.set(line, (this.executions.get(line) ?? 0) + 1);
    this.say();
  }

  private print(): void {
    this.measure();
    this.later(PRINT_MS, () => this.print());
  }

  private say(): void {
    this.port?.send(`N=${this.base + this.count} P=${this.pump ? 1 : 0} L=${this.level};\n`);
  }
}
