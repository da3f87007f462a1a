import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.js';

/** What somebody at a page may do. viewer: look, and stop everything · operator: all that the page can. */
export type PanelRole = 'viewer' | 'operator';

/** A link lets one browser in, within this time. */
const LINK_MS = 15 * 60_000;
/** Links that may wait to be opened; the oldest makes room. */
const MAX_LINKS = 8;
/** How long a browser remembers that it was let in: what browsers allow at most. */
const COOKIE_S = 400 * 24 * 3600;

/** Who may see the panel: whoever opened a link that the bridge printed, and has its cookie since. */
export class Access {
  private readonly links = new Map<string, { readonly until: number; readonly role: PanelRole }>();
  private readonly tokens: Readonly<Record<PanelRole, string>>;

  /**
   * `cookie`: its name, which must differ between panels of one machine, as cookies are shared by all ports. `secure`: it is
   * said over encrypted connections only.
   */
  constructor(
    token: string,
    private readonly cookie: string,
    private readonly clock: Clock,
    private readonly secure = false,
  ) {
    // Who has this one cannot guess the other.
    const viewer = createHmac('sha256', token).update('viewer').digest('base64url');
    this.tokens = { operator: token, viewer };
  }

  /** A new code that lets one browser in. */
  newCode(role: PanelRole): string {
    const code = randomBytes(16).toString('base64url');
    for (const [old] of this.links) if (this.links.size >= MAX_LINKS) this.links.delete(old);
    this.links.set(code, { until: this.clock.now() + LINK_MS, role });
    return code;
  }

  /** The cookie for whoever brings a code, once; undefined for a code that is unknown, used or too old. */
  redeem(code: string): string | undefined {
    const link = this.links.get(code);
    this.links.delete(code);
    if (link === undefined || this.clock.now() > link.until) return undefined;
    return `${this.cookie}=${this.tokens[link.role]}; Path=/; Max-Age=${COOKIE_S}; HttpOnly; SameSite=Strict${this.secure ? '; Secure' : ''}`;
  }

  /** As what a request's cookies let it in; undefined where they do not. Compared in constant time. */
  admits(cookies: string | undefined): PanelRole | undefined {
    for (const part of (cookies ?? '').split(';')) {
      const at = part.indexOf('=');
      if (at < 0 || part.slice(0, at).trim() !== this.cookie) continue;
      const shown = digestOf(part.slice(at + 1).trim());
      for (const role of ['operator', 'viewer'] as const) {
        if (timingSafeEqual(shown, digestOf(this.tokens[role]))) return role;
      }
    }
    return undefined;
  }
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
