import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../clock.js';
import { isObject } from '../mesh/frame.js';
import type { StateFile } from '../state/state-file.js';

/** What somebody at a page may do. viewer: look, and stop everything · operator: all that the page can. */
export type PanelRole = 'viewer' | 'operator';

/** A browser that was let in. What its cookie holds is not kept, only its SHA-256, which also names the session. */
export interface Session {
  readonly id: string;
  readonly role: PanelRole;
  /** Milliseconds since 1970; null until the clock is set. */
  readonly since: number | null;
}

/** What is remembered from start to start. */
export interface SessionRecord {
  readonly sessions: readonly Session[];
}

/** So many browsers are remembered; the one that came first goes first. */
const MAX_SESSIONS = 64;
/** A browser is let in again for so long. */
export const SESSION_MS = 180 * 24 * 3_600_000;

const NOBODY: SessionRecord = { sessions: [] };

/** The browsers that were let in, each with a secret of its own, so that each can be shut out again. */
export class Sessions {
  private readonly sessions = new Map<string, Session>();
  private ended: (id: string) => void = () => {};

  /** `file`: where they are kept; until the end of the program where absent. */
  constructor(
    private readonly clock: Clock,
    private readonly file?: Pick<StateFile<SessionRecord>, 'read' | 'write' | 'writeOrRemove' | 'settled'>,
  ) {
    // In doubt nobody is let in: the state before may have one that was shut out since.
    const { sessions } = file?.read(NOBODY, isRecord, NOBODY) ?? NOBODY;
    for (const session of sessions) this.sessions.set(session.id, session);
  }

  /** Calls `ended` for each session that ends before its time. */
  watch(ended: (id: string) => void): void {
    this.ended = ended;
  }

  /** Lets a browser in; returns what its cookie is to hold. */
  begin(role: PanelRole): string {
    const secret = randomBytes(32).toString('base64url');
    const id = idOf(secret);
    for (const [old] of this.sessions) if (this.sessions.size >= MAX_SESSIONS) this.remove(old);
    this.sessions.set(id, { id, role, since: this.clock.wall() ?? null });
    void this.save();
    return secret;
  }

  /** The session whose cookie holds this. */
  of(secret: string): Session | undefined {
    const wall = this.clock.wall();
    if (wall !== undefined) this.date(wall);
    const session = this.sessions.get(idOf(secret));
    if (!session || session.since === null || wall === undefined) return session;
    return wall - session.since <= SESSION_MS ? session : undefined;
  }

  /** Shuts a browser out; resolves with whether that will be remembered. */
  async end(id: string): Promise<boolean> {
    this.remove(id);
    return await this.saveFewer();
  }

  /** Shuts all browsers out; resolves with how many, and whether that will be remembered. */
  async endAll(): Promise<{ readonly count: number; readonly remembered: boolean }> {
    const count = this.sessions.size;
    for (const [id] of this.sessions) this.remove(id);
    return { count, remembered: await this.saveFewer() };
  }

  /** Resolves once all of that is on the disk, or could not be written. */
  async settled(): Promise<void> {
    await this.file?.settled();
  }

  /** Gives those a beginning that have none, or one that is still to come, as the clock was wrong: else they would never end. */
  private date(wall: number): void {
    const undated = [...this.sessions.values()].filter(({ since }) => since === null || since > wall);
    for (const session of undated) this.sessions.set(session.id, { ...session, since: wall });
    if (undated.length > 0) void this.save();
  }

  private remove(id: string): void {
    if (this.sessions.delete(id)) this.ended(id);
  }

  private async save(): Promise<boolean> {
    return (await this.file?.write(this.record())) ?? true;
  }

  /** What lets somebody in who was shut out is worse than nothing, as on a full disk. */
  private async saveFewer(): Promise<boolean> {
    return (await this.file?.writeOrRemove(this.record())) ?? true;
  }

  private record(): SessionRecord {
    return { sessions: [...this.sessions.values()] };
  }
}

function idOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

function isRecord(value: unknown): value is SessionRecord {
  return isObject(value) && Array.isArray(value['sessions']) && value['sessions'].every(isSession);
}

function isSession(value: unknown): value is Session {
  if (!isObject(value)) return false;
  const { id, role, since } = value;
  return (
    typeof id === 'string' &&
    /^[\w-]{43}$/.test(id) &&
    (role === 'viewer' || role === 'operator') &&
    (since === null || typeof since === 'number')
  );
}
