import type { PointDescription } from '../../firmware-protocol/message.js';

/** More boards than anybody plugs into one port. */
const MOST = 32;

/** What is remembered of boards: the points of the latest 32 by fingerprint, so that a known board is live at once. */
export class Manifests {
  private readonly known = new Map<string, readonly PointDescription[]>();

  /** Points of this fingerprint and number. */
  get(fingerprint: string, count: number): readonly PointDescription[] | undefined {
    const points = this.known.get(fingerprint);
    return points?.length === count ? points : undefined;
  }

  set(fingerprint: string, points: readonly PointDescription[]): void {
    this.known.delete(fingerprint);
    this.known.set(fingerprint, points);
    for (const oldest of this.known.keys()) {
      if (this.known.size <= MOST) break;
      this.known.delete(oldest);
    }
  }
}
