import type { Clock, Timer } from '../clock.js';
import { deadline } from '../clock.js';
import { BridgeError, describeError } from '../error.js';
import type { Log } from '../log.js';
import { printable } from '../text.js';
import type { Credential } from './artifact.js';
import { isObject, type JsonObject } from './frame.js';

/** What keeps a token fresh is built from. */
export interface DeviceTokenParts {
  readonly credential: Credential;
  /** The token that came with the credential. */
  readonly token: string | undefined;
  /** Posts JSON; resolves with the status and the answer. */
  post(url: string, body: JsonObject): Promise<{ readonly status: number; readonly answer: unknown }>;
  /** The service gave another lasting secret, which replaces the one before; resolves once that is kept. */
  rotated(refresh: string): Promise<unknown>;
  /** The account does not know this device any more. */
  revoked(): void;
  readonly clock: Clock;
  /** 0 ≤ r < 1: how much sooner than planned, so that bridges which started together do not ask together. */
  readonly random: () => number;
  readonly log: Log;
}

/** Visible ASCII characters. */
const SECRET = /^[\x21-\x7e]{1,8192}$/;
const PATH = '/devices/sessions/refresh';
const EVERY_MS = 2_400_000;
/** A token is renewed this long before it ends, but not more often than that. */
const EARLY_MS = 60_000;
/** The part of a wait that chance may take off. */
const JITTER = 0.1;
const SOONEST_MS = 30_000;
const ANSWER_MS = 10_000;
/** A single "forbidden" may come from something between; the account says it every time. */
const FORBIDDEN = 3;
const FORBIDDEN_FIRST_MS = 2_000;
const FORBIDDEN_LATER_MS = 60_000;

type Outcome = 'fresh' | 'later' | 'forbidden' | 'unknown';

/** The short-lived token of a device that was added to an account, renewed in time; each connection takes the newest. */
export class DeviceToken {
  /** What the relay asks for, as it is now. */
  current: string | undefined;
  private refresh: string;
  private timer: Timer | undefined;
  private forbidden = 0;
  private nextMs = EVERY_MS;
  private stopped = false;
  private beginning: Promise<boolean> | undefined;
  private renewing: Promise<Outcome> | undefined;
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly parts: DeviceTokenParts) {
    this.current = parts.token;
    this.refresh = parts.credential.refresh;
  }

  /**
   * Renews the token before the first connection, and from then on; resolves with false where the device is unknown.
   * Calling it again returns the same promise.
   */
  begin(): Promise<boolean> {
    this.beginning ??= this.first();
    return this.beginning;
  }

  /** The relay did not let us in: the token may have ended early. Renews it, unless that was tried less than 30 s ago. */
  refusedByRelay(): void {
    const { clock } = this.parts;
    if (this.stopped || this.renewing || clock.now() - this.askedAt < SOONEST_MS) return;
    this.timer?.cancel();
    void this.again();
  }

  /** Ends it; resolves once the service has answered a question that is on its way, and what it gave is kept. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.timer?.cancel();
    await this.renewing;
  }

  private async first(): Promise<boolean> {
    let outcome = await this.renew();
    while (outcome === 'forbidden' && ++this.forbidden < FORBIDDEN && !this.stopped) {
      await this.pause(FORBIDDEN_FIRST_MS);
      outcome = await this.renew();
    }
    return this.conclude(outcome);
  }

  private conclude(outcome: Outcome): boolean {
    if (this.stopped) return false;
    if (outcome === 'unknown' || this.forbidden >= FORBIDDEN) {
      this.parts.log.error(
        {},
        'the account does not know this device any more: add it again, and use the new credential',
      );
      this.parts.revoked();
      return false;
    }
    const wait = outcome === 'forbidden' ? FORBIDDEN_LATER_MS : this.nextMs * (1 - JITTER * this.parts.random());
    this.timer = this.parts.clock.after(wait, () => void this.again());
    return true;
  }

  private async again(): Promise<void> {
    const outcome = await this.renew();
    if (outcome === 'forbidden') this.forbidden++;
    this.conclude(outcome);
  }

  private renew(): Promise<Outcome> {
    this.renewing = this.ask().finally(() => {
      this.renewing = undefined;
    });
    return this.renewing;
  }

  private async ask(): Promise<Outcome> {
    const { credential, clock, log, post } = this.parts;
    const url = `${credential.validator.replace(/\/$/, '')}${PATH}`;
    const late = () => new BridgeError('relay/token', `no answer within ${ANSWER_MS / 1000} s`);
    this.askedAt = clock.now();
    try {
      const asking = post(url, { deviceId: credential.deviceId, refreshToken: this.refresh });
      const { status, answer } = await deadline(clock, ANSWER_MS, asking, late);
      if (status === 401) return 'unknown';
      if (status === 403) return 'forbidden';
      this.forbidden = 0;
      if (status < 200 || status >= 300) throw new BridgeError('relay/token', `the service answered ${status}`);
      await this.take(answer);
      return 'fresh';
    } catch (error) {
      this.forbidden = 0;
      // What there is may be good for a while yet.
      log.warn({}, `the token of the relay was not renewed: ${printable(describeError(error))}`);
      return 'later';
    }
  }

  private async take(answer: unknown): Promise<void> {
    const { deviceToken, expiresAt, refreshToken } = isObject(answer) ? answer : {};
    if (!isSecret(deviceToken)) throw new BridgeError('relay/token', 'the service gave no token');
    const isSame = refreshToken === undefined || refreshToken === null || refreshToken === '';
    if (!isSame && !isSecret(refreshToken)) throw new BridgeError('relay/token', 'the service gave no lasting secret');
    const { log, rotated } = this.parts;
    log.hide?.(deviceToken);
    this.current = deviceToken;
    this.nextMs = this.waitFor(expiresAt);
    const isNew = isSecret(refreshToken) && refreshToken !== this.refresh;
    if (isNew) this.refresh = refreshToken;
    // Each time: a log keeps only so many in mind.
    log.hide?.(this.refresh);
    if (isNew) await rotated(refreshToken);
  }

  /** Time is told in seconds, in milliseconds, or as text. */
  private waitFor(expiresAt: unknown): number {
    const wall = this.parts.clock.wall();
    const end =
      typeof expiresAt === 'number'
        ? expiresAt * (expiresAt < 1e11 ? 1000 : 1)
        : Date.parse(typeof expiresAt === 'string' ? expiresAt : '');
    if (wall === undefined || Number.isNaN(end)) return EVERY_MS;
    return Math.min(EVERY_MS, Math.max(SOONEST_MS, end - wall - EARLY_MS));
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.timer = this.parts.clock.after(ms, resolve);
    });
  }
}

/** True for what can be a token, as those that a config may have, and longer ones. */
function isSecret(value: unknown): value is string {
  return typeof value === 'string' && SECRET.test(value);
}
