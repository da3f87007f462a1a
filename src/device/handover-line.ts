import { BridgeError } from '../error.js';
import type { LineHandlers, LineLink, LineOptions, OpenLine } from '../port/line-link.js';

/**
 * An open line that one owner can hand to the next without closing it: opening a port resets many boards, so whoever found
 * out who is there keeps the line for the driver.
 */
export class HandoverLine {
  private taken = false;
  private over = false;

  private constructor(
    readonly link: LineLink,
    private readonly owner: { handlers: LineHandlers },
  ) {
    void link.ended.then(() => {
      this.over = true;
    });
  }

  /** Opens a line for its first owner; throws as `openLine` does. */
  static async open(
    openLine: OpenLine,
    options: LineOptions,
    handlers: LineHandlers,
    signal: AbortSignal,
  ): Promise<HandoverLine> {
    const owner = { handlers };
    const link = await openLine(
      options,
      {
        line: (text) => owner.handlers.line(text),
        defect: (kind, sample) => owner.handlers.defect(kind, sample),
        noise: (noise) => owner.handlers.noise?.(noise),
      },
      signal,
    );
    return new HandoverLine(link, owner);
  }

  /** Hands the line over, once; undefined when it is not open any more. The first owner hears nothing from now on. */
  take(handlers: LineHandlers): LineLink | undefined {
    if (this.taken) throw new BridgeError('port/closed', 'the line was handed over already');
    this.taken = true;
    this.owner.handlers = handlers;
    return this.over ? undefined : this.link;
  }

  /** Closes the line where nobody took it. */
  async drop(): Promise<void> {
    if (!this.taken) await this.link.close();
  }
}
