import { MAX_COUNTER } from '../../firmware-protocol/limits.js';
import type {
  BoardInfo,
  BoardMessage,
  HostMessage,
  NakCode,
  PointDescription,
} from '../../firmware-protocol/message.js';
import { encodePoints } from '../../firmware-protocol/point.js';
import { decodeValue, encodeValue } from '../../firmware-protocol/value.js';
import type { Command, Confirmed, DeviceIdentity, DeviceSession } from '../../src/device/driver.js';
import { fullManifest } from '../../src/device/manifest.js';
import { NO_LIMITS, type OutputLimits } from '../../src/device/output-limits.js';
import { sameValue, type Value } from '../../src/device/point.js';
import { BridgeError, isBridgeError } from '../../src/error.js';
import { printable } from '../../src/text.js';
import type { Hearing } from './hearing.js';
import { specOf } from './points.js';
import { identityOf } from './probe.js';
import type { BoardWire, Patience } from './wire.js';

/** A lost line is repeated soon: at 115200 baud a command and its answer take 10 ms, with a slow adapter 40. */
const AGAIN_MS = 120;
const TRIES = 4;
/** Within 2.5 s of silence a link is dead; with the pause between two checks that makes 5 s. */
const CHECK: Patience = { again: 250, tries: 10 };
const RENEW: Patience = { again: 250, tries: 1 };
/** A stop that nobody confirmed is said instead of `alive`; unlike that one it needs its answer, however late. */
const STOP_AGAIN: Patience = { again: 250, tries: 4 };
/** The last repetition may be answered until the queue gives up; no point's `within` is longer. */
const COMMAND: Patience = { again: AGAIN_MS, tries: TRIES, last: 600_000 };
/** Before it is live nothing ends the wait for a board's answer but this. */
const LIMIT: Patience = { again: 250, tries: 20 };
const STOP: Patience = { again: AGAIN_MS, tries: TRIES, last: 1_000, urgent: true };

const NAK_WORDS: Record<NakCode, string> = {
  range: 'it can not take this value',
  unknown: 'it has no such output',
  busy: 'it was switched too short a time ago, or still moves',
  locked: 'another output excludes it',
};

/** A live board: commands, leases and the question whether it is still there. */
export class BoardSession implements DeviceSession {
  readonly identity: DeviceIdentity;
  private readonly points: ReadonlyMap<string, PointDescription>;
  private cid = 0;
  /** The id of a stop that was asked for and not acknowledged. */
  private stopping: number | undefined;
  /** What outputs became after a stop was lost on the line. */
  private unsure = false;

  constructor(
    private readonly wire: BoardWire,
    board: BoardInfo,
    points: readonly PointDescription[],
    private readonly hearing: Pick<Hearing, 'timesRead' | 'answered'>,
  ) {
    this.points = new Map(points.map((point) => [point.id, point]));
    this.identity = { ...identityOf(board), manifest: fullManifest(board.fingerprint, encodePoints(points)) };
  }

  /**
   * Says what the owner of the outputs allows, so that the board keeps to it even without its host. The protocol has limits
   * for what is on or off only; they hold until the board starts anew, so what is not limited any more is said, too.
   */
  async limit(limits: ReadonlyMap<string, OutputLimits>, signal: AbortSignal): Promise<void> {
    for (const { id, role, type } of this.points.values()) {
      if (role !== 'actuator' || type !== 'boolean') continue;
      const cid = this.nextCid();
      const limit = limits.get(id);
      const answer = this.answer({ verb: 'limit', cid, point: id, ...(limit ?? NO_LIMITS) }, cid, LIMIT, signal);
      await answer.catch((error: unknown) => {
        // A board that can't be limited need not be set free.
        if (limit || !isBridgeError(error, 'device/refused')) throw error;
      });
    }
  }

  async apply(command: Command, signal: AbortSignal): Promise<Confirmed> {
    try {
      if (this.stopping !== undefined) await this.stop(STOP_AGAIN, signal);
      return await this.carryOut(command, signal);
    } catch (error) {
      // What the grammar can't say is refused here; the board never hears of it.
      throw error instanceof RangeError ? refused(error.message) : error;
    }
  }

  /** Until the board has acknowledged it no lease is renewed, so that outputs are safe by the stop or by their lease. */
  async safeAll(signal: AbortSignal): Promise<void> {
    await this.stop(STOP, signal);
  }

  async check(signal: AbortSignal): Promise<void> {
    if (this.stopping === undefined) await this.askAlive(CHECK, signal);
    else await this.stop(CHECK, signal);
  }

  /**
   * Renews every lease, or repeats a stop that was not acknowledged. Silence is no error here: the next renewal comes
   * soon, and `check` is the judge.
   */
  async renew(signal: AbortSignal): Promise<void> {
    try {
      if (this.stopping === undefined) await this.askAlive(RENEW, signal);
      else await this.stop(STOP_AGAIN, signal);
      if (this.unsure) await this.readAgain(signal);
    } catch (error) {
      if (signal.aborted || !isBridgeError(error, 'device/timeout')) throw error;
    }
  }

  private async carryOut(command: Command, signal: AbortSignal): Promise<Confirmed> {
    const point = this.points.get(command.point);
    if (point?.role !== 'actuator' || !point.type) throw refused(`${command.point} can not be commanded`);
    const shape = { type: point.type, options: point.options };
    const cid = this.nextCid();
    const message = messageOf(command, cid, encodeValue(shape, command.value));
    const before = this.hearing.timesRead(point.id);
    const answer = await this.answer(message, cid, COMMAND, signal);
    const said = decodeValue(shape, answer.value);
    // A board says the reading of what changed before its answer; where that was lost, an older value must not follow the answer.
    // Not after a pulse: its answer may come again when it is over.
    const unread = message.verb === 'set' && this.hearing.timesRead(point.id) === before;
    if (unread && said !== undefined) this.hearing.answered(point.id, answer.moving ? null : said);
    const wanted = decodeValue(shape, message.value) ?? null;
    if (said === undefined || said === null || !sameValue(specOf(point), said, wanted)) {
      const truth = said === undefined || said === null ? answer.value : printable(String(said));
      throw new BridgeError('device/mismatch', `${point.id} should be ${String(wanted)}, the board says ${truth}`);
    }
    return { value: said satisfies Value, settled: !answer.moving };
  }

  private async stop(patience: Patience, signal: AbortSignal): Promise<void> {
    this.stopping ??= this.nextCid();
    const cid = this.stopping;
    const before = this.timesRead();
    await this.answer({ verb: 'stop', cid }, cid, patience, signal);
    if (this.stopping === cid) this.stopping = undefined;
    // A board says what changed before its answer. Where nothing came, nothing changed, or it was lost.
    this.unsure = this.timesRead() === before;
  }

  private async readAgain(signal: AbortSignal): Promise<void> {
    await this.wire.ask({ verb: 'reading' }, (answer) => answer.verb === 'reading' || undefined, RENEW, signal);
    this.unsure = false;
  }

  /** How often the outputs were read, all together. */
  private timesRead(): number {
    let times = 0;
    for (const { id, role } of this.points.values()) if (role === 'actuator') times += this.hearing.timesRead(id);
    return times;
  }

  private async askAlive(patience: Patience, signal: AbortSignal): Promise<void> {
    const pick = (answer: BoardMessage) => answer.verb === 'alive' || undefined;
    await this.wire.ask({ verb: 'alive' }, pick, patience, signal);
  }

  private async answer(message: HostMessage, cid: number, patience: Patience, signal: AbortSignal) {
    const pick = (answer: BoardMessage) =>
      (answer.verb === 'ack' || answer.verb === 'nak') && answer.cid === cid ? answer : undefined;
    const answer = await this.wire.ask(message, pick, patience, signal);
    if (answer.verb === 'nak') throw refused(`the board refused: ${NAK_WORDS[answer.code]}`);
    return answer;
  }

  private nextCid(): number {
    const { cid } = this;
    this.cid = cid === MAX_COUNTER ? 0 : cid + 1;
    return cid;
  }
}

function messageOf({ point, pulseMs }: Command, cid: number, value: string) {
  return pulseMs === undefined
    ? ({ verb: 'set', cid, point, value } as const)
    : ({ verb: 'pulse', cid, point, value, ms: pulseMs } as const);
}

function refused(message: string): BridgeError {
  return new BridgeError('device/refused', message);
}
