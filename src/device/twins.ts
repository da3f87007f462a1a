import { idOf } from './board-mark.js';
import type { FoundBoard } from './discovery.js';
import type { Seats } from './seats.js';

/** True where another board, one of `others` or one that has a place, says the same id. */
export function hasTwin(board: FoundBoard, others: readonly FoundBoard[], seats: Seats): boolean {
  const id = idOf(board);
  return (
    others.some((other) => other !== board && idOf(other) === id) ||
    seats.all().some(([, seat]) => seat.id === id && seat.path !== board.port.path)
  );
}

/** The ports of all boards that say an id, in the words that a config should have for them. */
export function portsOf(id: string, boards: readonly FoundBoard[], seats: Seats): string[] {
  const found = boards.filter((other) => idOf(other) === id).map(({ port }) => port.byPath ?? port.path);
  const seated = seats.all().flatMap(([, seat]) => (seat.id === id ? [seat.path] : []));
  return [...found, ...seated];
}
