import type { Command, Confirmed, DeviceIdentity, DeviceIo, DeviceSession } from '../../src/device/driver.js';
import { sameValue, type Value } from '../../src/device/point.js';
import { BridgeError, isBridgeError } from '../../src/error.js';
import type { LineLink } from '../../src/port/line-link.js';
import { printable } from '../../src/text.js';
import type { Confirmation, LinePoint } from './line-point.js';
import type { LineReader } from './line-reader.js';
import { renderTemplate } from './template.js';
import { understand } from './words.js';

/** Longest command line, in bytes. */
const MAX_COMMAND = 200;

/** A live sketch: writes commands and hears whether they were obeyed. */
export class LineSession implements DeviceSession {
  readonly identity: DeviceIdentity = {};
  /** Stops all outputs in one stroke where replies would otherwise have to be waited for one by one. */
  readonly safeAll?: (signal: AbortSignal) => Promise<void>;

  /** The reply that is waited for; a sketch's "OK" does not say what it answers, so there is only one at a time. */
  private replying: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly io: DeviceIo,
    private readonly link: LineLink,
    private readonly reader: LineReader,
    private readonly points: ReadonlyMap<string, LinePoint>,
  ) {
    const replies = [...points.values()].filter(({ command }) => command?.confirm.by === 'reply');
    if (replies.length > 1) this.safeAll = (signal) => this.allSafe(signal);
  }

  async apply(command: Command, signal: AbortSignal): Promise<Confirmed> {
    signal.throwIfAborted();
    const point = this.points.get(command.point);
    if (!point?.command) throw new BridgeError('device/refused', `${command.point} can not be commanded`);
    const line = commandLine(point, command.value);
    switch (point.command.confirm.by) {
      case 'reading':
        return await this.awaitReading(point, line, command.value, signal);
      case 'assume':
        return await this.orUnknown(point, async () => {
          await this.link.write(line);
          return this.confirmed(point, command.value);
        });
      case 'reply': {
        const { confirm } = point.command;
        return await this.inTurn(signal, () =>
          this.orUnknown(point, () => this.awaitReply(point, confirm, line, command.value, signal)),
        );
      }
    }
  }

  /** Confirmed by the first reading after the write that says the wanted value. */
  private async awaitReading(point: LinePoint, line: string, wanted: Value, signal: AbortSignal): Promise<Confirmed> {
    const { spec } = point;
    let heard: Value | null | undefined;
    const match = (): Confirmed | undefined => {
      // The reader has had this line already.
      const said = this.reader.justSaid(spec.id);
      if (said === undefined) return undefined;
      heard = said;
      return said !== null && sameValue(spec, said, wanted) ? { value: said, settled: true } : undefined;
    };
    try {
      return await this.io.exchange(this.link, { write: line, match, within: within(point) }, signal);
    } catch (error) {
      if (isBridgeError(error, 'device/timeout') && heard !== undefined) throw mismatch(point, wanted, heard);
      throw error;
    }
  }

  /** Confirmed by a line that matches the reply pattern; its group `value` is the board's own word. */
  private async awaitReply(
    point: LinePoint,
    confirm: Extract<Confirmation, { by: 'reply' }>,
    line: string,
    wanted: Value,
    signal: AbortSignal,
  ): Promise<Confirmed> {
    const match = (text: string): { value: Value | null } | undefined => {
      if (confirm.refuse?.test(text))
        throw new BridgeError('device/refused', `the board says "${printable(text, 80)}"`);
      const groups = confirm.reply.exec(text);
      if (!groups) return undefined;
      const word = groups.get('value');
      return { value: word === undefined ? wanted : (understand(point.understanding, word) ?? null) };
    };
    const { value } = await this.io.exchange(this.link, { write: line, match, within: within(point) }, signal);
    if (value !== null && sameValue(point.spec, value, wanted)) return this.confirmed(point, value);
    this.io.report([{ point: point.spec.id, value }]);
    throw mismatch(point, wanted, value);
  }

  private confirmed(point: LinePoint, value: Value): Confirmed {
    this.io.report([{ point: point.spec.id, value }]);
    return { value, settled: true };
  }

  /** After a write without an answer nobody knows what the output is. */
  private async orUnknown(point: LinePoint, work: () => Promise<Confirmed>): Promise<Confirmed> {
    try {
      return await work();
    } catch (error) {
      if (!isBridgeError(error, 'device/refused', 'device/mismatch')) {
        this.io.report([{ point: point.spec.id, value: null }]);
      }
      throw error;
    }
  }

  /** Runs `work` when earlier replies have come or are given up; rejects instead when the signal has aborted by then. */
  private async inTurn(signal: AbortSignal, work: () => Promise<Confirmed>): Promise<Confirmed> {
    const before = this.replying;
    const turn = before.then(() => {
      signal.throwIfAborted();
      return work();
    });
    this.replying = turn.catch(() => {});
    return await turn;
  }

  private async allSafe(signal: AbortSignal): Promise<void> {
    const outputs = [...this.points.values()].flatMap(({ spec, command }) =>
      command && spec.safe !== undefined ? [{ point: spec.id, value: spec.safe, template: command.template }] : [],
    );
    // Without waiting for anybody first: a board that answers nothing may still obey.
    await Promise.all(outputs.map(({ template, value }) => this.link.write(renderTemplate(template, value))));
    const results = await Promise.allSettled(outputs.map((output) => this.apply(output, signal)));
    const failed = outputs.filter((_, index) => results[index]?.status === 'rejected').map(({ point }) => point);
    if (failed.length > 0) throw new BridgeError('device/timeout', `not confirmed: ${failed.join(', ')}`);
  }
}

function commandLine({ command }: LinePoint, value: Value): string {
  const line = command ? renderTemplate(command.template, value) : '';
  // One line, one command: text with a newline in it would be a second one.
  if (/[\u0000-\u001f\u007f-\u009f]/.test(line)) {
    throw new BridgeError('device/refused', 'text with control characters can not be sent');
  }
  if (Buffer.byteLength(line) > MAX_COMMAND) {
    throw new BridgeError('device/refused', `the command is longer than ${MAX_COMMAND} bytes`);
  }
  return line;
}

function within({ spec }: LinePoint): number {
  return spec.within ?? 1500;
}

function mismatch({ spec }: LinePoint, wanted: Value, heard: Value | null): BridgeError {
  const truth = heard === null ? 'unknown' : printable(String(heard), 40);
  return new BridgeError(
    'device/mismatch',
    `${spec.id} should be ${printable(String(wanted), 40)}, the board says ${truth}`,
  );
}
