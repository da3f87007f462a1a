/** Compares what is said with what was said then, whatever the order. */
export class Tally {
  private readonly open = new Map<string, number>();
  /** How much was said, and then. */
  now = 0;
  before = 0;
  /** How much of both is the same. */
  same = 0;

  said(content: string): void {
    this.now++;
    this.match(content, 1);
  }

  saidThen(content: string): void {
    this.before++;
    this.match(content, -1);
  }

  /** Positive: said now and not yet then; negative: the other way round. */
  private match(content: string, side: 1 | -1): void {
    const open = this.open.get(content) ?? 0;
    if (open * side < 0) this.same++;
    if (open + side === 0) this.open.delete(content);
    else this.open.set(content, open + side);
  }
}
