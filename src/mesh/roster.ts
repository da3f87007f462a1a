import { isObject } from './frame.js';

/** One member of the relay as its roster tells it; `null` where the relay let something else than a text through. */
export interface RosterEntry {
  /** Changes at every reconnect; never keep it. */
  readonly id: string;
  readonly name: string | null;
  readonly channel: string | null;
  readonly role: string | null;
}

/** Most members read from one roster. */
const MAX_MEMBERS = 5000;

/** Reads `{"clients":[…]}`; entries without a usable id are left out. An empty list may mean: not allowed to see it. */
export function readRoster(payload: unknown): RosterEntry[] {
  const clients = isObject(payload) ? payload['clients'] : undefined;
  if (!Array.isArray(clients)) return [];
  const roster: RosterEntry[] = [];
  for (const client of clients.slice(0, MAX_MEMBERS)) {
    if (!isObject(client) || typeof client['id'] !== 'string' || client['id'] === '') continue;
    roster.push({
      id: client['id'],
      name: text(client['name']),
      channel: text(client['channel']),
      role: text(client['role']),
    });
  }
  return roster;
}

/** The member that a name means: the one that joined last, as a relay may still list a dead namesake. */
export function findByName(roster: readonly RosterEntry[], name: string): RosterEntry | undefined {
  return roster.findLast((entry) => entry.name === name);
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
