import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.js';
import { type PanelRole, SESSION_MS, type Session, type Sessions } from './sessions.js';

/** A link lets one browser in, within this time. */
const LINK_MS = 15 * 60_000;
/** Links that may wait to be opened; the oldest makes room. */
const MAX_LINKS = 8;

interface Link {
  readonly until: number;
  readonly role: PanelRole;
}

/** Who may see the panel: whoever opened a link that the bridge printed, and has its cookie since. */
export class Access {
  private readonly links = new Map<string, Link>();

  /**
   * `cookie`: its name, which must differ between panels of one machine, as cookies are shared by all ports. `secure`: it is
   * said over encrypted connections only.
   */
  constructor(
    private readonly sessions: Sessions,
    private readonly cookie: string,
    private readonly clock: Clock,
    private readonly secure = false,
  ) {}

  /** A new code that lets one browser in. */
  newCode(role: PanelRole): string {
    const code = randomBytes(16).toString('base64url');
    for (const [old] of this.links) if (this.links.size >= MAX_LINKS) this.links.delete(old);
    this.links.set(code, { until: this.clock.now() + LINK_MS, role });
    return code;
  }

  /** Whether a code would let somebody in now. */
  isGood(code: string): boolean {
    return this.goodLink(code) !== undefined;
  }

  /**
   * The cookie for whoever brings a code, once; undefined for a code that is unknown, used or too old. The one that its
   * browser had before is good for nothing any more: nobody could sign it out.
   */
  redeem(code: string, cookies?: string): string | undefined {
    const link = this.goodLink(code);
    this.links.delete(code);
    if (!link) return undefined;
    const before = this.admits(cookies);
    if (before) void this.sessions.end(before.id);
    return this.setCookie(this.sessions.begin(link.role), SESSION_MS / 1_000);
  }

  /** No link lets anybody in that was not opened yet. */
  forgetLinks(): void {
    this.links.clear();
  }

  private goodLink(code: string): Link | undefined {
    const link = this.links.get(code);
    return link && this.clock.now() <= link.until ? link : undefined;
  }

  /** The session that a request's cookies belong to; undefined where they belong to none. */
  admits(cookies: string | undefined): Session | undefined {
    for (const part of (cookies ?? '').split(';')) {
      const at = part.indexOf('=');
      if (at < 0 || part.slice(0, at).trim() !== this.cookie) continue;
      const session = this.sessions.of(part.slice(at + 1).trim());
      if (session) return session;
    }
    return undefined;
  }

  /** Shuts a browser out; returns the cookie that takes its own away. */
  leave({ id }: Session): string {
    void this.sessions.end(id);
    return this.setCookie('', 0);
  }

  private setCookie(value: string, seconds: number): string {
    const secure = this.secure ? '; Secure' : '';
    return `${this.cookie}=${value}; Path=/; Max-Age=${seconds}; HttpOnly; SameSite=Strict${secure}`;
  }
}
