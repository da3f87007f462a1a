/** Characters that mean something in a line, and some that must not be there. */
const CHARS = ' *0123456789-.%?abcdefgxyz_ABCF=|/\r\t\0\u007f\u00fc';
const WORDS =
  'hello describe reading set pulse alive stop limit ack pump fan temp sign bridge 0 1 63 64 255 256 65535 65536 60000 60001 999999999 1000000000 -1 01 1.5 ?'.split(
    ' ',
  );

/** Lines that are right, damaged in all sorts of ways, or made up; each without its newline. */
export class MutatedLines {
  /** `seal` puts the checksum behind a body: a damaged line that has the right one gets further. */
  constructor(
    private readonly right: readonly string[],
    private readonly random: () => number,
    private readonly seal: (body: string) => string,
  ) {}

  next(): string {
    const kind = this.random();
    if (kind < 0.1) return this.pick(this.right);
    if (kind < 0.2) return this.text(this.below(70));
    if (kind < 0.4) return this.damage(this.pick(this.right));
    if (kind < 0.6) return this.seal(this.damage(this.pick(this.right).slice(0, -9)));
    if (kind < 0.95) return this.seal(this.sentence());
    return this.pick(this.right) + this.pick(['\r', ' ', '\r\r', '*', this.pick(this.right)]);
  }

  /** Words in any order, which is mostly nonsense, but not always. */
  private sentence(): string {
    const words = [this.random() < 0.9 ? String(this.below(256)) : this.pick(WORDS)];
    for (let left = 1 + this.below(6); left > 0; left--) words.push(this.pick(WORDS));
    return words.join(this.random() < 0.95 ? ' ' : '  ');
  }

  private damage(line: string): string {
    let text = line;
    for (let left = 1 + this.below(3); left > 0; left--) {
      const at = this.below(text.length + 1);
      const kind = this.below(5);
      if (kind === 0) text = text.slice(0, at) + this.text(1) + text.slice(at + 1);
      else if (kind === 1) text = text.slice(0, at) + text.slice(at + 1);
      else if (kind === 2) text = text.slice(0, at) + this.text(1 + this.below(4)) + text.slice(at);
      else if (kind === 3) text = this.swapWord(text);
      else text = text.slice(0, at) + text.slice(Math.max(0, at - this.below(6)));
    }
    return text;
  }

  private swapWord(text: string): string {
    const words = text.split(' ');
    words[this.below(words.length)] = this.pick(WORDS);
    return words.join(' ');
  }

  private text(length: number): string {
    return Array.from({ length }, () => CHARS[this.below(CHARS.length)]).join('');
  }

  private pick<T>(of: readonly T[]): T {
    return of[this.below(of.length)] as T;
  }

  private below(end: number): number {
    return Math.floor(this.random() * end);
  }
}
