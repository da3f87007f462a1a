import { AVR_HZ, type AvrChip } from '../../devices/board/avr-chip.js';

/** Words of the table of interrupt vectors: two for each of 26. */
const VECTORS = 52;
const RETI = 0x9518;

/** How long the calls of one kind took. */
export interface CallCost {
  calls: number;
  /** Most cycles of one call, without interrupts. */
  most: number;
}

/**
 * Counts the cycles of calls that a sketch marks: it writes a number to GPIOR0 before the call, and 0 after it. What
 * interrupts take meanwhile does not count. Runs the chip instruction by instruction from now on, which is slower.
 */
export class CallMeter {
  readonly costs = new Map<number, CallCost>();
  private mark = 0;
  private began = 0;
  private interrupted = 0;
  private since: number | undefined;

  constructor(private readonly chip: AvrChip) {
    chip.onMark = (value, cycle) => this.marked(value, cycle);
    chip.run = (until) => {
      while (chip.cycles < until) this.step();
    };
  }

  /** Microseconds of the longest call of any kind. */
  get worstMicros(): number {
    return (Math.max(0, ...[...this.costs.values()].map(({ most }) => most)) * 1_000_000) / AVR_HZ;
  }

  private step(): void {
    const { chip } = this;
    const { cpu } = chip;
    const isReturn = cpu.progMem[cpu.pc] === RETI;
    chip.step();
    const { pc, cycles } = cpu;
    if (isReturn && this.since !== undefined) {
      this.interrupted += cycles - this.since;
      this.since = undefined;
    }
    // Two cycles were counted already when the vector is reached.
    if (pc > 0 && pc < VECTORS && this.since === undefined && !cpu.interruptsEnabled) this.since = cycles - 2;
  }

  private marked(value: number, cycle: number): void {
    if (value !== 0) {
      this.mark = value;
      this.began = cycle;
      this.interrupted = 0;
      return;
    }
    const cost = this.costs.get(this.mark) ?? { calls: 0, most: 0 };
    cost.calls++;
    cost.most = Math.max(cost.most, cycle - this.began - this.interrupted);
    this.costs.set(this.mark, cost);
  }
}
