import { isNumber } from './json-difference.js';

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
const UUIDS = new RegExp(UUID, 'g');
const ONE_UUID = new RegExp(`^${UUID.source}$`);
const PLACEHOLDER = /^Client-\d+$/;
const TIMES: readonly string[] = ['payload.uptime', 'payload.l'];

/** Which id of a recording is which one this time. */
export class RecordedIds {
  private readonly ids = new Map<string, string>();

  /** Puts the ids of this time into a message; those of the client's own making stay as they are. */
  translate(text: string): string {
    return text.replace(UUIDS, (id) => {
      const known = this.ids.get(id) ?? id;
      this.ids.set(id, known);
      return known;
    });
  }

  /** True for two values that may be written differently: ids, times, placeholder names. One recorded id is one id throughout. */
  readonly isSame = (recorded: unknown, ours: unknown, path: string): boolean => {
    if (TIMES.includes(path)) return isNumber(recorded) && isNumber(ours);
    if (typeof recorded !== 'string' || typeof ours !== 'string') return false;
    if (PLACEHOLDER.test(recorded)) return PLACEHOLDER.test(ours);
    if (!ONE_UUID.test(recorded) || !ONE_UUID.test(ours)) return false;
    const known = this.ids.get(recorded);
    if (known !== undefined) return known === ours;
    // Frames may share their id, as those of one broadcast do here; nothing else may.
    if (path !== 'id' && [...this.ids.values()].includes(ours)) return false;
    this.ids.set(recorded, ours);
    return true;
  };
}

/** A text with `<id>` for every id. */
export function masked(text: string): string {
  return text.replace(UUIDS, '<id>');
}
