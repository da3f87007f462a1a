import { BridgeError } from '../error.js';
import type { Log } from '../log.js';
import type { OpenLine } from '../port/line-link.js';
import { printable } from '../text.js';
import type { BoardMemory } from './board-memory.js';
import type { FoundBoard } from './discovery.js';
import type { DriverKind } from './driver-kind.js';
import { nearestId } from './options.js';

/** What the assignment of boards to devices is built from. */
export interface BoardsParts {
  /** Devices of the config that wait for their board, by id, with their kind. */
  waiting: ReadonlyMap<string, string>;
  /** True for an id that something else has. */
  isTaken(id: string): boolean;
  memory: BoardMemory;
  openLine: OpenLine;
  log: Log;
  /** A board that no device of the config waits for: makes a device of it. Undefined where such boards are left alone. */
  adopt: ((id: string, kind: DriverKind, approved: boolean) => void) | undefined;
}

interface Seat {
  readonly path: string;
  /** The board's own id. */
  readonly id: string;
  /** The line that discovery left open, until the driver takes it. */
  line: FoundBoard['line'] | undefined;
}

/** Which board is which device: by what it says it is, else by what is remembered; anything else is asked, never guessed. */
export class Boards {
  private readonly seats = new Map<string, Seat>();
  private readonly wakers = new Map<string, Set<() => void>>();
  /** Devices made of boards, by the board's mark. */
  private readonly adopted = new Map<string, string>();

  constructor(private readonly parts: BoardsParts) {}

  /** Opens the line of a device's board; throws `port/missing` while it is not plugged in. */
  opener(device: string): OpenLine {
    return async (options, handlers, signal) => {
      const seat = this.seats.get(device);
      if (!seat) {
        const hint = 'plug it in; `carter-bridge devices` lists what is there';
        throw new BridgeError('port/missing', `no board that is ${device} is plugged in`, { hint });
      }
      const line = seat.line?.take(handlers);
      seat.line = undefined;
      return line ?? (await this.parts.openLine({ ...options, port: seat.path }, handlers, signal));
    };
  }

  /** Calls `wake` each time that the device's board is found; the returned function ends that. */
  watch(device: string, wake: () => void): () => void {
    const wakers = this.wakers.get(device) ?? new Set();
    this.wakers.set(device, wakers.add(wake));
    return () => wakers.delete(wake);
  }

  /** Boards were found, all that were plugged in together: gives each its device. */
  found(boards: readonly FoundBoard[]): void {
    const rest = boards.filter((board) => !this.seatKnown(board, boards));
    const free = [...this.parts.waiting].filter(([id]) => !this.seats.has(id) && !this.parts.memory.boardOf(id));
    const unknown = rest.filter((board) => !this.parts.memory.isApproved(this.markOf(board, boards)));
    const [only] = unknown;
    const [entry] = free;
    if (only && entry && unknown.length === 1 && free.length === 1 && entry[1] === only.kind.kind) {
      this.parts.log.info(
        { device: entry[0], board: printable(idOf(only), 40) },
        'the only new board joins the only device that waits for one',
      );
      this.seat(entry[0], only);
      rest.splice(rest.indexOf(only), 1);
    }
    for (const board of rest) this.adopt(board, boards);
  }

  /** A port is gone, and its board with it. */
  gone(path: string): void {
    for (const [device, seat] of this.seats) if (seat.path === path) this.seats.delete(device);
  }

  /** Lets a device's outputs be switched from now on; resolves when that is remembered. */
  async approve(device: string): Promise<void> {
    const mark = [...this.adopted].find(([, id]) => id === device)?.[0];
    if (mark !== undefined) await this.parts.memory.approve(mark);
  }

  /** Gives a board the device that it names, or that is remembered for it. */
  private seatKnown(board: FoundBoard, boards: readonly FoundBoard[]): boolean {
    const { waiting, memory } = this.parts;
    const twin = this.hasTwin(board, boards);
    for (const [device, kind] of waiting) {
      if (kind !== board.kind.kind || this.seats.has(device)) continue;
      const remembered = memory.boardOf(device);
      const meant = idOf(board) === (remembered === undefined ? device : remembered.split('@')[0]);
      if (remembered === exactMark(board) || (meant && !twin)) {
        this.seat(device, board);
        return true;
      }
      if (meant && !boards.some((other) => exactMark(other) === remembered)) this.ask(device, board, boards);
    }
    return false;
  }

  private ask(device: string, board: FoundBoard, boards: readonly FoundBoard[]): void {
    const twins = boards.filter((other) => idOf(other) === idOf(board));
    const ports = twins.map(({ port }) => port.byPath ?? port.path);
    this.parts.log.warn(
      { device, ports },
      `several boards could be ${device}: write the port of the right one into the config`,
    );
  }

  private adopt(board: FoundBoard, boards: readonly FoundBoard[]): void {
    const { adopt, memory, log, isTaken } = this.parts;
    if (!adopt) {
      log.info({ board: printable(idOf(board), 40) }, 'a board that no device waits for was left alone');
      void board.line.drop();
      return;
    }
    const mark = this.markOf(board, boards);
    const known = this.adopted.get(mark);
    const id = known ?? freeId(idOf(board), isTaken);
    this.adopted.set(mark, id);
    this.place(id, board);
    if (known !== undefined) return;
    const approved = memory.isApproved(mark);
    if (!approved) {
      log.warn({ device: id, port: board.port.path }, `a new board: its outputs stay off until you approve ${id}`);
    }
    adopt(id, board.kind, approved);
  }

  private seat(device: string, board: FoundBoard): void {
    this.parts.memory.join(device, exactMark(board));
    this.place(device, board);
  }

  private place(device: string, { port, line, ...board }: FoundBoard): void {
    this.seats.set(device, { path: port.path, id: idOf(board), line });
    for (const wake of this.wakers.get(device) ?? []) wake();
  }

  /** A board's own id; where a twin with the same id is plugged in too, also the adapter's serial number or socket. */
  private markOf(board: FoundBoard, boards: readonly FoundBoard[]): string {
    return this.hasTwin(board, boards) ? exactMark(board) : idOf(board);
  }

  private hasTwin(board: FoundBoard, boards: readonly FoundBoard[]): boolean {
    const id = idOf(board);
    return (
      boards.some((other) => other !== board && idOf(other) === id) ||
      [...this.seats.values()].some((seat) => seat.id === id && seat.path !== board.port.path)
    );
  }
}

/** What tells a board from its twins: the adapter's serial number, else the socket that it is plugged into. */
function exactMark(board: FoundBoard): string {
  const { usb, byPath, path } = board.port;
  return `${idOf(board)}@${usb?.serialNumber ?? byPath ?? path}`;
}

function idOf(board: Pick<FoundBoard, 'identity' | 'kind'>): string {
  return board.identity.id ?? board.kind.kind;
}

/** The board's own id as a device id, with a number where it is taken. */
function freeId(wanted: string, isTaken: (id: string) => boolean): string {
  const base = nearestId(wanted) ?? 'board';
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base.slice(0, 13)}_${n}`;
    if (!isTaken(id)) return id;
  }
}
