import { BridgeError } from '../error.js';
import { printable } from '../text.js';
import { Approvals } from './approvals.js';
import { boardId, boardMark, idOf, isMarkOf } from './board-mark.js';
import type { BoardsParts } from './boards-parts.js';
import { Candidates, MAX_ADOPTED } from './candidates.js';
import type { FoundBoard } from './discovery.js';
import type { DeviceIdentity } from './driver.js';
import { Seats } from './seats.js';
import { hasTwin, portsOf } from './twins.js';

/** Points that somebody was shown; `manifest` is what they are known by, where they are. */
export interface ShownPoints {
  readonly manifest: string | undefined;
}

/** Which board is which device: by what it says it is, else by what is remembered; anything else is asked, never guessed. */
export class Boards {
  /** Which board is in which device's place. */
  readonly seats: Seats;
  /** Boards whose device is not certain before all others have said who they are. */
  private pending: FoundBoard[] = [];
  private readonly candidates: Candidates;
  private readonly approvals: Approvals;
  /** Devices that several boards name. */
  private readonly doubted = new Set<string>();
  private fullTold = false;

  constructor(private readonly parts: BoardsParts) {
    this.seats = new Seats(parts.openLine);
    this.candidates = new Candidates(parts, this.seats);
    this.approvals = new Approvals(parts);
  }

  /** True while a device of the config has no board. */
  get wanted(): boolean {
    return [...this.parts.waiting.keys()].some((device) => !this.seats.of(device));
  }

  /**
   * The mark of the board in the device's place; throws `device/wrong` where another one answered, and then that is asked anew.
   * One that came back with other points may have to be approved again.
   */
  meets(device: string, identity: DeviceIdentity): string {
    const seat = this.seats.of(device);
    if (!seat) throw new BridgeError('port/gone', `the board of ${device} is not there any more`);
    const id = boardId(identity, seat.kind);
    if (id === seat.id) {
      if (seat.byConfig) this.approvals.notice(device, seat.mark, identity.manifest);
      else if (identity.manifest !== seat.manifest) {
        seat.manifest = identity.manifest;
        this.parts.consent(device, this.approvals.of(device, seat.mark, seat.manifest));
      }
      return seat.mark;
    }
    this.release(device);
    const message = `expected the board \`${printable(seat.id, 40)}\`, got \`${printable(id, 40)}\``;
    throw new BridgeError('device/wrong', message, { hint: 'was another board plugged in?' });
  }

  /** A board was found: gives it its device at once where that is certain. */
  found(board: FoundBoard): void {
    const { memory } = this.parts;
    const mark = boardMark(board);
    if (this.seats.all().some(([, seat]) => seat.mark === mark) || this.pending.some((b) => boardMark(b) === mark)) {
      this.leave(board, 'a board that can not be told from another one was left alone: give it another id');
      return;
    }
    const own = this.candidates.own(board);
    const remembered = own === undefined ? undefined : memory.boardOf(own);
    const known = this.candidates.known(board);
    if (own !== undefined && remembered === mark) this.seat(own, board, 'config');
    else if (own !== undefined && (this.doubted.has(own) || hasTwin(board, this.pending, this.seats)))
      this.doubt(own, board);
    else if (own !== undefined && !(remembered !== undefined && isMarkOf(remembered, own))) {
      this.seat(own, board, 'config', true);
      memory.join(own, mark);
    } else if (known !== undefined) this.seat(known, board, 'owner');
    else if (memory.devicesOf(idOf(board)).length > 0 || this.candidates.free(board.kind.kind).length > 0)
      this.pending.push(board);
    else this.adopt(board);
  }

  /** All boards that are plugged in have said who they are: what was not certain is decided. */
  settled(): void {
    const { log } = this.parts;
    const boards = this.pending;
    const left = boards.filter((board) => !this.seatMoved(board, boards));
    this.pending = [];
    const strangers = left.filter((board) => this.candidates.own(board) === undefined);
    const [only] = strangers;
    const free = only ? this.candidates.free(only.kind.kind) : [];
    const [device] = free;
    if (only && device !== undefined && left.length === 1 && free.length === 1) {
      log.warn(
        { device, board: printable(idOf(only), 40) },
        `the only new board joins the only device that waits for one: its outputs stay off until you approve ${device}`,
      );
      this.seat(device, only, 'owner');
      this.parts.memory.join(device, boardMark(only));
    } else for (const board of left) this.adopt(board);
    for (const [, seat] of this.seats.all()) seat.provisional = false;
  }

  /** A port is gone, and its board with it. */
  gone(path: string): void {
    for (const [device, seat] of this.seats.all()) {
      if (seat.path !== path) continue;
      this.doubted.delete(seat.id);
      void this.seats.vacate(device);
    }
    for (const board of this.pending) if (board.port.path === path) void board.line.drop();
    this.pending = this.pending.filter((board) => board.port.path !== path);
  }

  /**
   * Lets a device's outputs be switched from now on, those that it has now; resolves with whether that is remembered. Undefined
   * while its board is away: nobody knows which points it will have. Throws `device/changed` where `shown` are others.
   */
  approve(device: string, shown?: ShownPoints): Promise<boolean> | undefined {
    const { memory } = this.parts;
    const seat = this.seats.of(device);
    if (seat && shown && shown.manifest !== seat.manifest) {
      const message = `the points of ${device} are others than those that were shown`;
      throw new BridgeError('device/changed', message, { hint: 'look at them, and approve it again' });
    }
    if (seat) return memory.approve(device, seat.mark, seat.manifest);
    return memory.boardOf(device) === undefined ? Promise.resolve(true) : undefined;
  }

  /** True while a board at this port is a device, or about to become one. */
  has(path: string): boolean {
    const seats = this.seats.all().map(([, seat]) => seat);
    return [...seats, ...this.pending.map(({ port }) => port)].some((place) => place.path === path);
  }

  /** True where the board in a device's place has the name of another one that waits for its board. */
  isMissedElsewhere(device: string): boolean {
    const seat = this.seats.of(device);
    return seat !== undefined && this.parts.waiting.get(seat.id) === seat.kind && !this.seats.of(seat.id);
  }

  /** Some devices are no more, or other ones; places are `emptied`. Resolves when the lines to their boards are closed. */
  async dismiss(devices: Iterable<string>, emptied: Iterable<string>): Promise<void> {
    for (const device of devices) this.candidates.remove(device);
    await Promise.all([...emptied].map((device) => this.seats.vacate(device)));
  }

  /** Closes every line; what was learnt of boards is on the disk then. */
  async stop(): Promise<void> {
    const lines = this.pending.splice(0).map(({ line }) => line.drop());
    await Promise.all([...lines, ...this.seats.all().map(([device]) => this.seats.vacate(device))]);
    await this.parts.memory.settled();
  }

  /** Two boards name one device: a place that was only just taken is given up again until both are known. */
  private doubt(device: string, board: FoundBoard): void {
    this.pending.push(board);
    if (!this.seats.of(device)?.provisional) return;
    this.doubted.add(device);
    this.release(device);
    this.parts.memory.forget(device);
  }

  /** Gives a board its device after a move to another socket, where no other board could be meant. */
  private seatMoved(board: FoundBoard, boards: readonly FoundBoard[]): boolean {
    const { log } = this.parts;
    const known = this.candidates.known(board);
    if (known !== undefined && !this.seats.of(known)) {
      this.seat(known, board, 'owner');
      return true;
    }
    const own = this.candidates.own(board);
    if (hasTwin(board, boards, this.seats) || (own !== undefined && this.doubted.has(own))) {
      if (own !== undefined) this.ask(own, board, boards);
      return false;
    }
    const like = this.candidates.alike(board);
    const device = own ?? like[0];
    if (device === undefined || (own === undefined && like.length > 1) || this.seats.of(device)) return false;
    log.warn(
      { device, port: board.port.byPath ?? board.port.path },
      `a board that calls itself as ${device} does, with another adapter or in another socket: approve ${device} again`,
    );
    this.seat(device, board, 'owner');
    return true;
  }

  private ask(device: string, board: FoundBoard, boards: readonly FoundBoard[]): void {
    const ports = portsOf(idOf(board), boards, this.seats);
    const what = `several boards could be ${device}: write the port of the right one into the config`;
    this.parts.log.warn({ device, ports }, what);
  }

  private adopt(board: FoundBoard): void {
    const { memory, log } = this.parts;
    if (!this.parts.adopt) {
      this.leave(board, 'a board that no device waits for was left alone');
      return;
    }
    if (this.candidates.full) {
      if (this.fullTold) void board.line.drop();
      else this.leave(board, `${MAX_ADOPTED} devices were made of boards: this one and further ones are left alone`);
      this.fullTold = true;
      return;
    }
    const id = this.candidates.newId(board);
    const approved = this.seat(id, board, 'owner');
    memory.join(id, boardMark(board));
    if (!approved)
      log.warn({ device: id, port: board.port.path }, `a new board: its outputs stay off until you approve ${id}`);
  }

  private leave(board: FoundBoard, why: string): void {
    this.parts.log.warn({ board: printable(idOf(board), 40), port: board.port.path }, why);
    void board.line.drop();
  }

  /** Empties a device's place and asks its board anew who it is. */
  private release(device: string): void {
    const path = this.seats.of(device)?.path;
    void this.seats.vacate(device);
    if (path !== undefined) this.parts.askAgain(path);
  }

  /** Puts a board into a device's place, and says whether it may be switched; whoever has it by mistake is asked anew. */
  private seat(device: string, board: FoundBoard, by: 'config' | 'owner', provisional = false): boolean {
    const { adopt, consent } = this.parts;
    this.release(device);
    const { port, kind, line, identity } = board;
    const mark = boardMark(board);
    const { manifest } = identity;
    const approved = by === 'config' || this.approvals.of(device, mark, manifest, port);
    consent(device, approved);
    this.seats.take(device, {
      path: port.path,
      kind: kind.kind,
      id: idOf(board),
      mark,
      manifest,
      byConfig: by === 'config',
      provisional,
      line,
    });
    if (this.candidates.add(device, kind.kind)) adopt?.(device, kind, approved);
    return approved;
  }
}
