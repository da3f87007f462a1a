import type { Clock, Timer } from '../clock.js';
import { BridgeError, describeError } from '../error.js';
import type { Log } from '../log.js';
import type { JsonObject } from '../mesh/frame.js';
import type { PostAnswer } from '../mesh/post-json.js';
import { printable } from '../text.js';

/** What tells a phone something while its app is closed. */
export interface Notice {
  readonly title: string;
  readonly text: string;
  /** True: shown even where the phone is told to be quiet. */
  readonly urgent: boolean;
  /** Notices of one thread are shown together. */
  readonly thread: string;
}

/** Where notices go. */
export interface NoticesPlace {
  /** https address of the account's service. */
  readonly service: string;
  /** The session's token, which is not the relay's. */
  readonly token: string;
  /** The channel that the phones use. */
  readonly channel: string;
}

/** What an outbox is built from. */
export interface OutboxParts extends NoticesPlace {
  post(url: string, body: JsonObject, headers: Record<string, string>): Promise<PostAnswer>;
  readonly clock: Clock;
  readonly log: Log;
}

const PATH = '/alerts/notify';
/** The longest title and text that the service takes. */
const LONGEST = 256;
const LONGEST_THREAD = 128;
/** Notices that wait at most; the oldest makes room. */
const MOST = 16;
/** A notice that could not be sent within this is news no more. */
const NEWS_MS = 15 * 60_000;
const PACE_MS = 1_000;
const BUSY_MS = 60_000;
const LONGEST_BUSY_MS = 10 * 60_000;
const RETRY_MS = [5_000, 15_000, 60_000] as const;
/** A single "forbidden" may come from something between; the account says it every time. */
const FORBIDDEN = 3;

/** Hands notices to the account's service, one after the other; nobody waits for it, and what fails is tried again for a while. */
export class Outbox {
  private readonly waiting: { readonly notice: Notice; readonly until: number }[] = [];
  private timer: Timer | undefined;
  private sending = false;
  private ended = false;
  private failures = 0;
  private forbidden = 0;
  private place: NoticesPlace;

  constructor(private readonly parts: OutboxParts) {
    this.place = parts;
  }

  /** Notices go elsewhere from now on, those that wait too. */
  move(place: NoticesPlace): void {
    const before = this.place;
    this.place = place;
    // The same service still wants to be asked no sooner than it said.
    if (isSameAccount(place, before)) return;
    this.ended = false;
    this.failures = 0;
    this.forbidden = 0;
    if (!this.timer) return;
    this.timer.cancel();
    void this.sendNext();
  }

  /** Takes a notice; returns at once. */
  add(notice: Notice): void {
    if (this.ended) return;
    if (this.waiting.length >= MOST) {
      const lost = this.waiting.shift();
      this.parts.log.warn({ lost: lost?.notice.title }, 'too many notices wait for the service: the oldest is dropped');
    }
    this.waiting.push({ notice, until: this.parts.clock.now() + NEWS_MS });
    if (!this.sending && !this.timer) void this.sendNext();
  }

  /** Sends nothing more. */
  stop(): void {
    this.ended = true;
    this.timer?.cancel();
    this.timer = undefined;
    this.waiting.length = 0;
  }

  private async sendNext(): Promise<void> {
    const { clock, log, post } = this.parts;
    const { place } = this;
    const { token, service } = place;
    this.timer = undefined;
    while (this.waiting[0] && this.waiting[0].until < clock.now()) {
      log.warn({ lost: this.waiting.shift()?.notice.title }, 'a notice could not be sent in time: it is dropped');
    }
    const next = this.waiting[0];
    if (!next || this.ended) return;
    this.sending = true;
    let pause: number;
    try {
      const url = `${service.replace(/\/$/, '')}${PATH}`;
      const answer = await post(url, this.bodyOf(next.notice), { authorization: token });
      // What was said there of a token is not said of the next one.
      const isLeft = !isSameAccount(place, this.place) && (answer.status < 200 || answer.status >= 300);
      pause = isLeft ? PACE_MS : this.conclude(next, answer);
    } catch (error) {
      this.forbidden = 0;
      pause = this.failed(describeError(error));
    } finally {
      this.sending = false;
    }
    if (!this.ended && this.waiting.length > 0) this.timer = clock.after(pause, () => void this.sendNext());
  }

  /** How long to wait before the next notice. */
  private conclude(sent: (typeof this.waiting)[number], { status, waitMs }: PostAnswer): number {
    if (status === 403 && ++this.forbidden < FORBIDDEN) return this.failed('the service answered 403');
    if (status === 401 || status === 403) return this.refused(status);
    this.forbidden = 0;
    if (status === 429) {
      this.warnOnce('the service wants fewer notices; they wait');
      return Math.min(Math.max(waitMs ?? BUSY_MS, PACE_MS), LONGEST_BUSY_MS);
    }
    if (status >= 500 || status < 200) return this.failed(`the service answered ${status}`);
    this.drop(sent);
    if (status >= 300) this.parts.log.warn({ status, lost: sent.notice.title }, 'the service refused a notice');
    this.failures = 0;
    return PACE_MS;
  }

  /** The token is good no more: asking again would only annoy. */
  private refused(status: number): number {
    const hint = 'put a new session token into notify.token, and restart the bridge';
    const error = new BridgeError('notify/refused', `the service refuses our notices (${status})`, { hint });
    this.parts.log.error({}, describeError(error));
    this.stop();
    return 0;
  }

  private failed(why: string): number {
    const pause = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? BUSY_MS;
    this.warnOnce(`a notice was not sent, and is tried again: ${printable(why)}`);
    return pause;
  }

  /** Until a notice is taken again, only the first of all troubles is news. */
  private warnOnce(text: string): void {
    if (this.failures++ === 0) this.parts.log.warn({}, text);
  }

  /** It may have had to make room meanwhile. */
  private drop(sent: (typeof this.waiting)[number]): void {
    const at = this.waiting.indexOf(sent);
    if (at >= 0) this.waiting.splice(at, 1);
  }

  private bodyOf({ title, text, urgent, thread }: Notice): JsonObject {
    return {
      title: title.slice(0, LONGEST),
      body: text.slice(0, LONGEST),
      sound: 'default',
      interruption: urgent ? 'time-sensitive' : 'active',
      threadId: thread.slice(0, LONGEST_THREAD),
      channel: this.place.channel,
    };
  }
}

function isSameAccount(one: NoticesPlace, other: NoticesPlace): boolean {
  return one.service === other.service && one.token === other.token;
}
