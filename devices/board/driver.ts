import { ALIVE_MS, MAX_BOARD_LINE, MAX_POINTS, PROTOCOL } from '../../firmware-protocol/limits.js';
import type { BoardInfo } from '../../firmware-protocol/message.js';
import type { DeviceDriver, DeviceIo, DeviceSession } from '../../src/device/driver.js';
import { BridgeError, isBridgeError } from '../../src/error.js';
import type { LineOptions } from '../../src/port/line-link.js';
import { EventCounts } from './event-counts.js';
import { Hearing } from './hearing.js';
import type { Manifests } from './manifests.js';
import type { BoardOptions } from './options.js';
import { readManifest, specOf } from './points.js';
import { type Hello, probe, randomNonce } from './probe.js';
import { BoardSession } from './session.js';
import { BoardWire } from './wire.js';

const READ_ALL = { again: 250, tries: 20 };

/** Speaks the board protocol with boards that describe themselves. */
export class BoardDriver implements DeviceDriver {
  private readonly counts = new EventCounts();

  /** `random` returns numbers from 0 to below 1. */
  constructor(
    private readonly options: BoardOptions,
    private readonly manifests: Manifests,
    private readonly random: () => number,
  ) {}

  /** Live once the board answered to hello, is the expected one, and has said all its values. */
  async connect(io: DeviceIo, signal: AbortSignal): Promise<DeviceSession> {
    let hear: ((line: string) => void) | undefined;
    const link = await io.openLine(lineOptions(this.options), {
      // Whatever a board says before its hello belongs to an earlier session.
      line: (text) => hear?.(text),
      defect: () => {},
    });
    const hello = await probe(io, link, { nonce: randomNonce(this.random), within: this.options.boot }, signal);
    const board = this.expected(hello);
    const wire = new BoardWire(io, link, board.buffer);
    const hearing = new Hearing(io, board, this.counts);
    hear = (text) => {
      const message = wire.read(text);
      if (message) hearing.take(message);
    };
    const points = await readManifest(wire, board, io.seat, this.manifests, signal);
    io.describe(points.map(specOf));
    hearing.listen(points);
    await readAll(wire, hearing, signal);
    const session = new BoardSession(wire, board, points, hearing);
    await session.limit(io.limits, signal);
    io.every(ALIVE_MS, () => session.renew(signal));
    return session;
  }

  private expected({ protocol, board }: Hello): BoardInfo {
    if (!board) {
      const hint = 'update the library in its sketch, or the bridge';
      const message = `the board speaks version ${protocol} of the protocol, the bridge ${PROTOCOL}`;
      throw new BridgeError('device/protocol', message, { hint });
    }
    if (board.points > MAX_POINTS) {
      const message = `the board says that it has ${board.points} points; at most ${MAX_POINTS} are possible`;
      throw new BridgeError('device/protocol', message, { hint: 'declare fewer points in its sketch' });
    }
    const { id } = this.options;
    if (id !== undefined && id !== board.id) {
      const hint = 'is it plugged into another port?';
      throw new BridgeError('device/wrong', `expected the board \`${id}\`, got \`${board.id}\``, { hint });
    }
    return board;
  }
}

function lineOptions({ port, baud, dtr, rts }: BoardOptions): LineOptions {
  return {
    port,
    baud,
    maxLine: MAX_BOARD_LINE,
    ...(dtr === undefined ? {} : { dtr }),
    ...(rts === undefined ? {} : { rts }),
  };
}

/** Asks for all readings until every point has said something. */
async function readAll(wire: BoardWire, hearing: Hearing, signal: AbortSignal): Promise<void> {
  const pick = () => hearing.missing.length === 0 || undefined;
  try {
    await wire.ask({ verb: 'reading' }, pick, READ_ALL, signal);
  } catch (error) {
    if (signal.aborted || !isBridgeError(error, 'device/timeout')) throw error;
    throw new BridgeError('device/no-answer', `the board does not say the value of ${hearing.missing.join(', ')}`);
  }
}
