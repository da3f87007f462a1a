import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.js';

/** A link lets one browser in, within this time. */
const LINK_MS = 15 * 60_000;
/** Links that may wait to be opened; the oldest makes room. */
const MAX_LINKS = 8;
/** How long a browser remembers that it was let in: what browsers allow at most. */
const COOKIE_S = 400 * 24 * 3600;

/** Who may see the panel: whoever opened a link that the bridge printed, and has its cookie since. */
export class Access {
  private readonly links = new Map<string, number>();
  private readonly digest: Buffer;

  /**
   * `cookie`: its name, which must differ between panels of one machine, as cookies are shared by all ports. `secure`: it is
   * said over encrypted connections only.
   */
  constructor(
    private readonly token: string,
    private readonly cookie: string,
    private readonly clock: Clock,
    private readonly secure = false,
  ) {
    this.digest = digestOf(token);
  }

  /** A new code that lets one browser in. */
  newCode(): string {
    const code = randomBytes(16).toString('base64url');
    for (const [old] of this.links) if (this.links.size >= MAX_LINKS) this.links.delete(old);
    this.links.set(code, this.clock.now() + LINK_MS);
    return code;
  }

  /** The cookie for whoever brings a code, once; undefined for a code that is unknown, used or too old. */
  redeem(code: string): string | undefined {
    const until = this.links.get(code);
    this.links.delete(code);
    if (until === undefined || this.clock.now() > until) return undefined;
    return `${this.cookie}=${this.token}; Path=/; Max-Age=${COOKIE_S}; HttpOnly; SameSite=Strict${this.secure ? '; Secure' : ''}`;
  }

  /** Whether a request's cookies let it in. Compared in constant time. */
  admits(cookies: string | undefined): boolean {
    for (const part of (cookies ?? '').split(';')) {
      const at = part.indexOf('=');
      if (at < 0 || part.slice(0, at).trim() !== this.cookie) continue;
      if (timingSafeEqual(digestOf(part.slice(at + 1).trim()), this.digest)) return true;
    }
    return false;
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
