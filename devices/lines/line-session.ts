import type { Command, Confirmed, DeviceIdentity, DeviceIo, DeviceSession } from '../../src/device/driver.js';
import { sameValue, type Value, withinOf } from '../../src/device/point.js';
import { BridgeError, isBridgeError } from '../../src/error.js';
import type { LineLink } from '../../src/port/line-link.js';
import { printable } from '../../src/text.js';
import { Effects } from './effects.js';
import type { Confirmation, LinePoint } from './line-point.js';
import type { LineReader } from './line-reader.js';
import { Replies } from './replies.js';
import { renderTemplate } from './template.js';

/** Longest command line, in bytes. */
const MAX_COMMAND = 200;

/** A live sketch: writes commands and hears whether they were obeyed. */
export class LineSession implements DeviceSession {
  readonly identity: DeviceIdentity = {};
  private readonly replies: Replies;
  private readonly effects: Effects;

  constructor(
    private readonly io: DeviceIo,
    private readonly link: LineLink,
    private readonly reader: LineReader,
    private readonly points: ReadonlyMap<string, LinePoint>,
  ) {
    this.replies = new Replies(io, link);
    this.effects = new Effects(io.clock);
  }

  /** Hears each line, after the reader and before those who wait for it. */
  line(text: string): void {
    this.replies.line(text);
    for (const [point, value] of this.reader.said) {
      const spec = this.points.get(point)?.spec;
      if (spec) this.effects.said(spec, value);
    }
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
      case 'reply':
        return await this.awaitReply(point, point.command.confirm, line, command.value, signal);
    }
  }

  /** Confirmed by the first reading after the write that says the wanted value, and can't be from before the write. */
  private async awaitReading(point: LinePoint, line: string, wanted: Value, signal: AbortSignal): Promise<Confirmed> {
    const { spec } = point;
    const effect = this.effects.expect(spec.id, wanted, withinOf(point.spec));
    let heard: Value | null | undefined;
    const match = (): Confirmed | undefined => {
      // The reader has had this line already.
      const said = this.reader.said.get(spec.id);
      if (said === undefined) return undefined;
      heard = said;
      const right = said !== null && sameValue(spec, said, wanted);
      return right && !this.effects.doubtful(spec.id, effect) ? { value: said, settled: true } : undefined;
    };
    try {
      return await this.io.exchange(this.link, { write: line, match, within: withinOf(point.spec) }, signal);
    } catch (error) {
      if (!isBridgeError(error, 'device/timeout') || heard === undefined) throw error;
      if (!sameValue(spec, heard, wanted)) throw mismatch(point, wanted, heard, error);
      throw new BridgeError(
        'device/timeout',
        `${spec.id} may still change: an earlier command has not taken effect yet`,
      );
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
    const question = { point, confirm, wanted, within: withinOf(point.spec) };
    const safe = point.spec.safe !== undefined && sameValue(point.spec, wanted, point.spec.safe);
    const turn = await this.replies.turn(question, safe, signal);
    return await this.orUnknown(point, async () => {
      const reply = await this.replies.ask(turn, line, signal);
      if ('refusal' in reply) {
        throw new BridgeError('device/refused', `the board says "${printable(reply.refusal, 80)}"`);
      }
      if (reply.value !== null && sameValue(point.spec, reply.value, wanted)) return this.confirmed(point, reply.value);
      this.io.report([{ point: point.spec.id, value: reply.value }]);
      throw mismatch(point, wanted, reply.value);
    });
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

/** `cause`: the timeout, where nothing but readings came until then. */
function mismatch({ spec }: LinePoint, wanted: Value, heard: Value | null, cause?: BridgeError): BridgeError {
  const truth = heard === null ? 'unknown' : printable(String(heard), 40);
  return new BridgeError(
    'device/mismatch',
    `${spec.id} should be ${printable(String(wanted), 40)}, the board says ${truth}`,
    { cause },
  );
}
