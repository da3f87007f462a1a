import { sleep } from '../../src/clock.js';
import type { DeviceIo } from '../../src/device/driver.js';
import { sameValue, type Value } from '../../src/device/point.js';
import { isBridgeError } from '../../src/error.js';
import type { LineLink } from '../../src/port/line-link.js';
import type { Confirmation, LinePoint } from './line-point.js';
import { understand } from './words.js';

/** A reply that is late by less than this is still waited for, though not by the command that it answers. */
const GRACE_MS = 2_000;
/** Most replies waited for; the oldest is given up first. */
const MAX_OWED = 64;

/** A command that a reply line answers. */
export interface Question {
  readonly point: LinePoint;
  readonly confirm: Extract<Confirmation, { by: 'reply' }>;
  readonly wanted: Value;
  /** Milliseconds from the write to the reply. */
  readonly within: number;
}

/** What a reply says: the value that the board has now (null: one that does not fit), or its words of refusal. */
export type Reply = { readonly value: Value | null; readonly named: boolean } | { readonly refusal: string };

/** A question whose reply is owed. */
interface Owed extends Question {
  /** `Clock.now()` after which the reply is not expected any more. */
  readonly until: number;
  readonly over: AbortController;
  /** The reply that seems to be its own, as boards answer in order. */
  reply?: Reply;
  /** What the one who asked is told. */
  verdict?: Reply;
}

/**
 * Finds out which command a reply answers. An "OK" does not say it, and may come when nobody waits for it any more: so
 * commands take turns, and a turn lasts until the reply came or can't be expected any more. What can't wait its turn is
 * confirmed only when so many replies came that one of them must be its own.
 */
export class Replies {
  /** In the order of the writes. */
  private readonly owed = new Set<Owed>();

  constructor(
    private readonly io: DeviceIo,
    private readonly link: LineLink,
  ) {}

  /** Resolves when it is the question's turn, which it is at once where it is `urgent`; rejects with the signal's reason. */
  async turn(question: Question, urgent: boolean, signal: AbortSignal): Promise<Owed> {
    const { clock } = this.io;
    for (;;) {
      signal.throwIfAborted();
      const before = urgent ? undefined : this.before(question);
      if (!before) break;
      const earlier = AbortSignal.any([signal, before.over.signal]);
      await sleep(clock, before.until - clock.now(), earlier).catch(() => {});
    }
    const { within } = question;
    const until = clock.now() + within + Math.max(within, GRACE_MS);
    const owed: Owed = { ...question, until, over: new AbortController() };
    this.owed.add(owed);
    const [oldest] = this.owed;
    if (oldest && this.owed.size > MAX_OWED) this.close(oldest);
    return owed;
  }

  /** Writes the line of a question whose turn it is; rejects as `DeviceIo.exchange` does. */
  async ask(owed: Owed, line: string, signal: AbortSignal): Promise<Reply> {
    const match = () => owed.verdict;
    try {
      return await this.io.exchange(this.link, { write: line, match, within: owed.within }, signal);
    } catch (error) {
      // Nobody answers what could not be written.
      if (!signal.aborted && !isBridgeError(error, 'device/timeout')) this.close(owed);
      throw error;
    }
  }

  /** Hears each line, before those who wait for it. */
  line(text: string): void {
    if (this.owed.size === 0) return;
    this.giveUp();
    const readings = [...this.owed].map((owed) => ({ owed, reply: read(owed, text) }));
    // A value tells the commands of one point apart.
    const named = readings.filter(({ owed, reply }) => says(reply, owed)).map(({ owed }) => owed);
    const possible = readings.flatMap(({ owed, reply }) =>
      reply && (named.includes(owed) || !named.some(({ point }) => point === owed.point)) ? [{ owed, reply }] : [],
    );
    const next = possible.find(({ owed }) => !owed.reply);
    if (next) next.owed.reply = next.reply;
    const replies = possible.filter(({ owed }) => owed.reply).length;
    for (const { owed, reply } of possible) {
      const others = possible.filter((other) => !this.standsFor(other.owed, owed)).length;
      if (replies > others) owed.verdict ??= owed.reply ?? reply;
    }
    if (replies === possible.length) for (const { owed } of possible) this.close(owed);
  }

  /** True where a reply to `other` says as much as one to `owed`: the same wish, and none to the contrary between the two. */
  private standsFor(other: Owed, owed: Owed): boolean {
    if (other === owed) return true;
    if (!sameMeaning(other, owed)) return false;
    const order = [...this.owed];
    const [from, to] = [order.indexOf(other), order.indexOf(owed)].sort((a, b) => a - b);
    return order.slice(from, to).every((between) => between.point !== owed.point || sameMeaning(between, owed));
  }

  /** The first question that has to be answered before this one may be asked. */
  private before({ point, confirm }: Question): Owed | undefined {
    this.giveUp();
    const named = confirm.reply.names.includes('value');
    return [...this.owed].find((owed) => !(named && owed.point === point));
  }

  private giveUp(): void {
    const now = this.io.clock.now();
    for (const owed of this.owed) if (owed.until <= now) this.close(owed);
  }

  private close(owed: Owed): void {
    this.owed.delete(owed);
    owed.over.abort();
  }
}

function read({ point, confirm, wanted }: Question, text: string): Reply | undefined {
  if (confirm.refuse?.test(text)) return { refusal: text };
  const groups = confirm.reply.exec(text);
  const word = groups?.get('value');
  if (word !== undefined) return { value: understand(point.understanding, word) ?? null, named: true };
  return groups && { value: wanted, named: false };
}

function says(reply: Reply | undefined, { point, wanted }: Question): boolean {
  return reply !== undefined && 'value' in reply && reply.named && sameValue(point.spec, reply.value, wanted);
}

function sameMeaning(a: Question, b: Question): boolean {
  return a.point === b.point && sameValue(a.point.spec, a.wanted, b.wanted);
}
