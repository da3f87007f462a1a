import { isMap } from '../state/is-map.js';
import type { ObjectFile } from '../state/kept-file.js';
import { isMarkOf } from './board-mark.js';

/** What is remembered of boards from start to start. */
export interface BoardRecord {
  /** Which board belongs to which device, of the config or made of that board: the board's mark by device id. */
  readonly joined: { readonly [device: string]: string };
  /** Marks of boards whose outputs their owner has approved. */
  readonly approved: readonly string[];
  /** The manifest that an approved board had then, or one that the config names last, by mark; none of a board that says none. */
  readonly manifests?: { readonly [mark: string]: string };
}

/** So many boards are remembered; the oldest one that was never approved goes first. */
const MAX_BOARDS = 256;

/** Remembers which board is which, and which ones may be switched. A device has one board, a board one device. */
export class BoardMemory {
  private record: BoardRecord;

  constructor(private readonly file: ObjectFile<BoardRecord>) {
    this.record = file.read({ joined: {}, approved: [] }, isRecord);
  }

  /** The mark of the board that belongs to a device. */
  boardOf(device: string): string | undefined {
    return Object.hasOwn(this.record.joined, device) ? this.record.joined[device] : undefined;
  }

  /** The device that belongs to the board with this mark. */
  deviceOf(mark: string): string | undefined {
    return Object.entries(this.record.joined).find(([, board]) => board === mark)?.[0];
  }

  /** The devices whose boards call themselves `id`. */
  devicesOf(id: string): string[] {
    return Object.entries(this.record.joined)
      .filter(([, mark]) => isMarkOf(mark, id))
      .map(([device]) => device);
  }

  /** Gives a device its board; the board that it had is forgotten, and so is that one's approval. */
  join(device: string, mark: string): void {
    if (this.boardOf(device) === mark) return;
    this.set(device, mark);
    void this.file.write(this.record);
  }

  isApproved(mark: string): boolean {
    return this.record.approved.includes(mark);
  }

  /** The points with which a board was approved, or was there last where the config names it. */
  manifestOf(mark: string): string | undefined {
    const { manifests = {} } = this.record;
    return Object.hasOwn(manifests, mark) ? manifests[mark] : undefined;
  }

  /** Approves a board as this device's, with the points that it has now; resolves with whether that is on the disk. */
  async approve(device: string, mark: string, manifest: string | undefined): Promise<boolean> {
    this.set(device, mark);
    const approved = [...this.record.approved.filter((other) => other !== mark), mark];
    this.record = { ...this.record, approved, manifests: this.manifestsWith(mark, manifest) };
    return await this.file.write(this.record);
  }

  /** Remembers a board's points, which approves nothing. */
  learn(mark: string, manifest: string | undefined): void {
    this.record = { ...this.record, manifests: this.manifestsWith(mark, manifest) };
    void this.file.write(this.record);
  }

  /** Forgets a device's board and its approval. */
  forget(device: string): void {
    this.drop(device);
    void this.file.write(this.record);
  }

  /** Resolves once what is remembered now is on the disk, or could not be written. */
  async settled(): Promise<void> {
    await this.file.settled();
  }

  private set(device: string, mark: string): void {
    if (this.boardOf(device) !== mark) this.drop(device);
    const others = Object.entries(this.record.joined).filter(([id, board]) => id !== device && board !== mark);
    this.record = { ...this.record, joined: Object.fromEntries([...others, [device, mark]]) };
    if (others.length < MAX_BOARDS) return;
    const oldest = others.find(([, board]) => !this.isApproved(board)) ?? others[0];
    if (oldest) this.drop(oldest[0]);
  }

  private manifestsWith(mark: string, manifest: string | undefined): { [mark: string]: string } {
    return { ...without(this.record.manifests, mark), ...(manifest !== undefined && { [mark]: manifest }) };
  }

  private drop(device: string): void {
    const mark = this.boardOf(device);
    this.record = {
      joined: Object.fromEntries(Object.entries(this.record.joined).filter(([id]) => id !== device)),
      approved: this.record.approved.filter((other) => other !== mark),
      manifests: without(this.record.manifests, mark),
    };
  }
}

function without(manifests: BoardRecord['manifests'] = {}, mark: string | undefined) {
  return Object.fromEntries(Object.entries(manifests).filter(([other]) => other !== mark));
}

function isRecord(value: unknown): value is BoardRecord {
  const { joined, approved, manifests = {} } = (value ?? {}) as { [key: string]: unknown };
  const isText = (item: unknown) => typeof item === 'string';
  return isMap(joined, isText) && Array.isArray(approved) && approved.every(isText) && isMap(manifests, isText);
}
