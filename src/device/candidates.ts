import { boardMark, idOf } from './board-mark.js';
import type { BoardMemory } from './board-memory.js';
import type { FoundBoard } from './discovery.js';
import { nearestId } from './options.js';
import type { Seats } from './seats.js';

/** What is known of the devices that a board could be. */
export interface CandidatesParts {
  /** Devices of the config that wait for their board, by id, with their kind. */
  waiting: ReadonlyMap<string, string>;
  /** True for an id that something else has. */
  isTaken(id: string): boolean;
  memory: BoardMemory;
  /** A device that was made of a board is no more. */
  abandon(device: string): void;
  /** Undefined where no devices are made of boards. */
  adopt: unknown;
}

/** So many devices are made of boards; further boards are left alone while all of these are there or approved. */
export const MAX_ADOPTED = 32;
/** Longest id of a device. */
const MAX_ID = 16;

/** Which devices a board could be: those of the config, and those made of boards. */
export class Candidates {
  /** Devices made of boards, with their kinds. */
  private readonly adopted = new Map<string, string>();

  constructor(
    private readonly parts: CandidatesParts,
    private readonly seats: Seats,
  ) {}

  /** True when no more devices are made of boards. */
  get full(): boolean {
    return this.adopted.size >= MAX_ADOPTED && this.idle === undefined;
  }

  /** Notes that a device has a board of this kind; true where the device is yet to be made. */
  add(device: string, kind: string): boolean {
    if (this.parts.waiting.has(device) || this.adopted.has(device)) return false;
    const { idle } = this;
    if (this.adopted.size >= MAX_ADOPTED && idle !== undefined) {
      this.remove(idle);
      this.parts.abandon(idle);
    }
    this.adopted.set(device, kind);
    return true;
  }

  /** Forgets a device that was made of a board. */
  remove(device: string): void {
    this.adopted.delete(device);
  }

  /** The device of the config that has the board's name. */
  own(board: FoundBoard): string | undefined {
    const id = idOf(board);
    return this.parts.waiting.get(id) === board.kind.kind ? id : undefined;
  }

  /** The device that exactly this board had before. */
  known(board: FoundBoard): string | undefined {
    const device = this.parts.memory.deviceOf(boardMark(board));
    return device !== undefined && this.fits(device, board) ? device : undefined;
  }

  /** Devices without a board now, whose boards called themselves as this one does. */
  alike(board: FoundBoard): string[] {
    return this.parts.memory.devicesOf(idOf(board)).filter((id) => !this.seats.of(id) && this.fits(id, board));
  }

  /** The devices of a kind in the config that never had a board. */
  free(kind: string): string[] {
    const { waiting, memory } = this.parts;
    return [...waiting.keys()].filter(
      (id) => waiting.get(id) === kind && !this.seats.of(id) && memory.boardOf(id) === undefined,
    );
  }

  /** The board's own id as a device id, with a number where it is taken or belongs to another board. */
  newId(board: FoundBoard): string {
    const { isTaken, memory } = this.parts;
    const base = nearestId(idOf(board)) ?? 'board';
    for (let n = 1; ; n++) {
      const end = n === 1 ? '' : `_${n}`;
      const id = `${base.slice(0, MAX_ID - end.length)}${end}`;
      if (!isTaken(id) && memory.boardOf(id) === undefined) return id;
    }
  }

  /** The oldest device that was made of a board which is away and was never approved: one board can call itself anything. */
  private get idle(): string | undefined {
    const { memory } = this.parts;
    const isApproved = (id: string) => memory.isApproved(memory.boardOf(id) ?? '');
    return [...this.adopted.keys()].find((id) => !this.seats.of(id) && !isApproved(id));
  }

  /** Whether a device may have a board of this kind; one that is not there yet can be made. */
  private fits(device: string, { kind }: FoundBoard): boolean {
    const { waiting, isTaken, adopt } = this.parts;
    const has = waiting.get(device) ?? this.adopted.get(device);
    if (has !== undefined) return has === kind.kind;
    return adopt !== undefined && !isTaken(device) && !this.full;
  }
}
