import type { PointDescription } from '../../firmware-protocol/message.js';

/**
 * The points that the board in a device's place has described, so that it need not do so again when it starts anew. They
 * are not for the next board there, though it may say the same fingerprint: anybody can make other points for that.
 */
export class Manifests {
  private known: { seat: object; fingerprint: string; points: readonly PointDescription[] } | undefined;

  /** What a board has described, where it says this fingerprint and number. */
  get(seat: object | undefined, fingerprint: string, count: number): readonly PointDescription[] | undefined {
    const { known } = this;
    if (!known || known.seat !== seat || known.fingerprint !== fingerprint) return undefined;
    return known.points.length === count ? known.points : undefined;
  }

  /** A board has described its points; where nobody knows whether it stays in its place they are not remembered. */
  set(seat: object | undefined, fingerprint: string, points: readonly PointDescription[]): void {
    this.known = seat && { seat, fingerprint, points };
  }
}
