import type { JsonObject } from '../../mesh/frame.js';
import type { WireLine } from './entries.js';

const LINES = 500;

/** The last lines of a device's wire, or of none. */
export class Wire {
  lines: readonly WireLine[] = [];
  private keys = 0;

  constructor(readonly device: string | undefined) {}

  /** Takes what the bridge sends; false where it is another device's. */
  add({ device, lines, skipped }: JsonObject): boolean {
    if (device !== this.device) return false;
    const left = Number(skipped);
    const remark = left > 0 ? [{ key: ++this.keys, direction: '', text: `… ${left} lines left out` }] : [];
    const news = (lines as Omit<WireLine, 'key'>[]).map((line) => ({ ...line, key: ++this.keys }));
    this.lines = [...this.lines, ...remark, ...news].slice(-LINES);
    return true;
  }
}
