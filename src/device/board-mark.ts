import type { FoundBoard } from './discovery.js';
import type { DeviceIdentity } from './driver.js';

/** What a board calls itself; its kind where it says no name. */
export function boardId(identity: DeviceIdentity, kind: string): string {
  return identity.id ?? kind;
}

/** What a board that was found calls itself. */
export function idOf({ identity, kind }: Pick<FoundBoard, 'identity' | 'kind'>): string {
  return boardId(identity, kind.kind);
}

/**
 * What tells a board from its twins, whoever else is plugged in: its id with the adapter's serial number, else with the
 * socket that it is plugged into; the bare id where the adapter has neither.
 */
export function boardMark(board: Pick<FoundBoard, 'port' | 'identity' | 'kind'>): string {
  const id = idOf(board);
  const { port } = board;
  const where = port.usb?.serialNumber ?? port.byPath;
  return where === undefined ? id : `${id}@${where}`;
}

/** Whether a mark is that of a board with this id. */
export function isMarkOf(mark: string, id: string): boolean {
  return mark === id || mark.startsWith(`${id}@`);
}
