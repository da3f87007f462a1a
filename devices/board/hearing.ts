import { MAX_COUNTER } from '../../firmware-protocol/limits.js';
import type { BoardInfo, BoardMessage, PointDescription, WireReading } from '../../firmware-protocol/message.js';
import { decodeNumber, decodeValue } from '../../firmware-protocol/value.js';
import type { DeviceIo } from '../../src/device/driver.js';
import type { Reading, Value } from '../../src/device/point.js';
import { misleads, printable } from '../../src/text.js';
import { before, type EventCounts } from './event-counts.js';

/** This many lines of a board go to the log in a while; more are counted. */
const LOG_LINES = 20;
const LOG_WHILE_MS = 10_000;

/** Passes on what a live board says by itself: readings, events, log lines, and that it has restarted. */
export class Hearing {
  private points: ReadonlyMap<string, PointDescription> = new Map();
  /** Points that said nothing yet. */
  private readonly unread = new Set<string>();
  /** How often each point was read. */
  private readonly times = new Map<string, number>();
  private dropped = 0;
  private logged = 0;
  private loggedSince = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly io: DeviceIo,
    private readonly board: BoardInfo,
    private readonly counts: EventCounts,
  ) {
    counts.begin(`${board.id} ${board.boot}`);
  }

  /** From now on these points are listened for. */
  listen(points: readonly PointDescription[]): void {
    this.points = new Map(points.map((point) => [point.id, point]));
    for (const id of this.points.keys()) this.unread.add(id);
  }

  /** Ids of the points that said nothing yet. */
  get missing(): readonly string[] {
    return [...this.unread];
  }

  /** How often a reading of this point came. */
  timesRead(point: string): number {
    return this.times.get(point) ?? 0;
  }

  /** The board's answer to a command says what an output is; the reading before it was lost. Null: it is on its way. */
  answered(point: string, value: Value | null): void {
    this.io.report([{ point, value }]);
  }

  take(message: BoardMessage): void {
    switch (message.verb) {
      case 'hello':
        // An answer to another question than ours may still have been on its way.
        if (message.nonce === 0 || message.board?.boot !== this.board.boot) this.io.lost('the board restarted');
        break;
      case 'reading':
        this.takeReadings(message.values);
        break;
      case 'event':
        this.takeEvent(message.point, message.count, message.event);
        break;
      case 'alive':
        if (message.dropped !== this.dropped) this.io.ignored('lines that the board dropped', String(message.dropped));
        this.dropped = message.dropped;
        break;
      case 'log':
        this.takeLog(message.level, message.text);
        break;
    }
  }

  private takeReadings(values: readonly WireReading[]): void {
    const readings: Reading[] = [];
    for (const { point: id, value: field } of values) {
      const point = this.points.get(id);
      if (point?.role === 'event') {
        this.takeCount(id, decodeNumber(field));
        continue;
      }
      const value = point?.type && decodeValue({ type: point.type, options: point.options }, field);
      if (value === undefined) {
        this.io.ignored('no such point or not its type', `${id}=${field}`);
        continue;
      }
      this.unread.delete(id);
      this.times.set(id, this.timesRead(id) + 1);
      readings.push({ point: id, value: typeof value === 'string' && misleads(value) ? null : value });
    }
    if (readings.length > 0) this.io.report(readings);
  }

  /** The count in a reading betrays the loss of the last event, after which no other may come. */
  private takeCount(point: string, count: number | undefined): void {
    if (count === undefined || !Number.isInteger(count) || count < 0 || count > MAX_COUNTER) {
      this.io.ignored('not a count of events', `${point}=${count}`);
      return;
    }
    this.unread.delete(point);
    this.missed(point, count, this.counts.read(point, count));
  }

  private takeEvent(point: string, count: number, event: string): void {
    if (this.points.get(point)?.role !== 'event') {
      this.io.ignored('no such event', point);
      return;
    }
    const lost = this.counts.happen(point, count);
    if (lost === undefined) return;
    this.missed(point, before(count), lost);
    this.io.event({ point, event, count });
  }

  private missed(point: string, count: number, lost: number): void {
    if (lost === 0) return;
    this.io.log.warn({ point, lost }, 'gap: events were lost on the line');
    this.io.event({ point, event: 'gap', count });
  }

  private takeLog(level: 'debug' | 'info' | 'warn' | 'error', text: string): void {
    const now = this.io.clock.now();
    if (now - this.loggedSince >= LOG_WHILE_MS) {
      this.loggedSince = now;
      this.logged = 0;
    }
    if (++this.logged <= LOG_LINES) this.io.log[level]({}, `the board says: ${printable(text)}`);
    else this.io.ignored('too many log lines', text);
  }
}
