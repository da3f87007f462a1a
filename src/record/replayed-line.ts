import type { Clock } from '../clock.js';
import { BridgeError } from '../error.js';
import { LineIntake } from '../port/line-intake.js';
import { LineLimit } from '../port/line-limit.js';
import { MAX_LINE } from '../port/line-limits.js';
import type { LineHandlers, LineLink, LineOptions, LinkEnd } from '../port/line-link.js';

/** A line on which comes what came when it was recorded. What is written to it goes nowhere but to `wrote`. */
export class ReplayedLine implements LineLink {
  readonly ended: Promise<LinkEnd>;
  private readonly limit: LineLimit;
  private readonly intake: LineIntake;
  private rest = '';
  private over = false;
  private settle: (end: LinkEnd) => void = () => {};

  constructor(
    readonly path: string,
    private readonly options: LineOptions,
    handlers: LineHandlers,
    clock: Clock,
    private readonly wrote: (bytes: Buffer) => void,
  ) {
    const maxLine = options.maxLine ?? MAX_LINE;
    this.limit = new LineLimit(maxLine + 2);
    this.intake = new LineIntake(clock, handlers, maxLine);
    this.ended = new Promise((resolve) => {
      this.settle = resolve;
    });
  }

  /** Bytes come from the device. */
  receive(recorded: Buffer): void {
    if (this.over) return;
    const bytes = Buffer.from(recorded);
    this.intake.hear(bytes);
    const lines = (this.rest + bytes.toString('latin1', 0, this.limit.keep(bytes))).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.intake.line(line);
  }

  async write(line: string): Promise<void> {
    if (this.over) throw new BridgeError('port/closed', `${this.path} was closed`);
    this.wrote(Buffer.from(line + (this.options.newline ?? '\n')));
  }

  /** The line is over as it was then. */
  end(end: LinkEnd): void {
    if (this.over) return;
    this.over = true;
    this.intake.stop();
    this.settle(end);
  }

  async close(): Promise<void> {
    this.end({ reason: 'closed' });
  }
}
