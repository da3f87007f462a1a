import { type Clock, deadline } from './clock.js';
import { BridgeError, isBridgeError } from './error.js';
import { notRendered } from './layout/rendered.js';
import { LAYOUT_BYTES } from './layout-page.js';
import { isObject, type JsonObject } from './mesh/frame.js';
import { asciiSize } from './mesh/json.js';
import type { RosterEntry } from './mesh/roster.js';
import { printable } from './text.js';

/** What pushes are made with. */
export interface PhonePushParts {
  /** The layout for phones, without secrets. */
  layout(): JsonObject;
  readonly mesh: {
    /** The bridge's own name. */
    readonly name: string;
    readonly channel: string;
    readonly ready: boolean;
    /** True in a room with a key. */
    readonly seals: boolean;
    nodes(): Promise<RosterEntry[]>;
    request(target: string, type: string, payload: JsonObject | null): Promise<unknown>;
    broadcast(payload: JsonObject): void;
  };
  /** Tells when the connection has room for a frame. */
  readonly publisher: { reply(send: () => void): void };
  readonly clock: Clock;
}

/** What came of a push. `confirmed`: a phone answered; else the layout went to everybody, and nobody says who took it. */
export type Pushed =
  | { readonly ok: true; readonly confirmed: true; readonly phone: string; readonly missing: readonly string[] }
  | { readonly ok: true; readonly confirmed: false; readonly message: string }
  | { readonly ok: false; readonly code: PushProblem; readonly message: string };

type PushProblem = 'no_phone' | 'which_phone' | 'refused' | 'too_large' | 'no_relay';

/** Members that are asked whether they are a phone. */
const ASKED = 8;
/** Longest wait for room on the connection. */
const TURN_MS = 2_000;

/**
 * Puts the layout on a phone that is in a live session on the bridge's channel, and checks what the phone made of it. Where
 * none answers, the layout is broadcast. Never rejects.
 */
export class PhonePush {
  constructor(private readonly parts: PhonePushParts) {}

  /** `wanted`: the phone's name on the relay; the only one there where absent. */
  async push(wanted?: string): Promise<Pushed> {
    const layout = this.parts.layout();
    const bytes = asciiSize(layout);
    // Base64 makes what is sealed a third larger.
    const room = this.parts.mesh.seals ? (LAYOUT_BYTES * 3) / 4 : LAYOUT_BYTES;
    if (bytes > room) return failed('too_large', `the layout has ${bytes} bytes; relays pass on ${room}`);
    try {
      const phone = await this.find(wanted);
      if (typeof phone !== 'string') return phone ?? (await this.toEverybody(layout, 'no phone is on the channel'));
      const answer = await this.to(phone, layout);
      if (typeof answer !== 'string') return answer;
      return await this.toEverybody(layout, `${printable(phone, 64)} ${answer}`);
    } catch (error) {
      if (!isBridgeError(error)) throw error;
      return failed('no_relay', error.message);
    }
  }

  /** The phone to push to; undefined where nobody could be one. */
  private async find(wanted: string | undefined): Promise<string | Pushed | undefined> {
    const { mesh } = this.parts;
    await this.turn();
    const others = (await mesh.nodes()).filter(
      (entry) => entry.name !== mesh.name && entry.channel === mesh.channel && entry.role !== 'hub',
    );
    const names = [...new Set(others.flatMap((entry) => entry.name ?? []))];
    const listed = names.map((each) => printable(each, 64)).join(', ') || 'nobody';
    if (wanted !== undefined) {
      if (names.includes(wanted)) return wanted;
      return failed('no_phone', `${printable(wanted, 64)} is not on the channel; there: ${listed}`);
    }
    if (names.length <= 1) return names[0];
    const phones = await this.phonesAmong(names.slice(0, ASKED));
    if (phones.length === 1) return phones[0];
    const choice = (phones.length > 0 ? phones : names).map((each) => printable(each, 64)).join(', ');
    return failed('which_phone', `several could be meant: ${choice}`);
  }

  /** Those that answer as an app in a live session does. */
  private async phonesAmong(names: readonly string[]): Promise<string[]> {
    const asked = names.map(async (name) => {
      const answer = await this.ask(name, 'get-device-info', null);
      return isObject(answer) && answer['ok'] === true ? [name] : [];
    });
    return (await Promise.all(asked)).flat();
  }

  /** What came of it, or in words why it has to be broadcast. */
  private async to(phone: string, layout: JsonObject): Promise<Pushed | string> {
    const answer = await this.ask(phone, 'apply-layout', layout);
    if (!isObject(answer) || typeof answer['ok'] !== 'boolean') return 'did not answer';
    const name = printable(phone, 64);
    const { ok, error } = answer;
    if (!ok) {
      const why = `refused it: ${typeof error === 'string' ? printable(error) : 'no reason'}`;
      // Not every app opens what is sealed and for it alone; what is sealed and for everybody, each does.
      return this.parts.mesh.seals ? why : failed('refused', `${name} ${why}`);
    }
    return { ok: true, confirmed: true, phone: name, missing: notRendered(layout, answer['rendered']) ?? [] };
  }

  /** Undefined where nobody answers; apps that are in no live session keep silent. */
  private async ask(name: string, type: string, payload: JsonObject | null): Promise<unknown> {
    await this.turn();
    try {
      return await this.parts.mesh.request(name, type, payload);
    } catch (error) {
      if (isBridgeError(error, 'mesh/timeout') || isBridgeError(error, 'mesh/no-target')) return undefined;
      throw error;
    }
  }

  private turn(): Promise<void> {
    const { mesh, publisher, clock } = this.parts;
    if (!mesh.ready) throw new BridgeError('mesh/closed', 'not connected to the relay');
    const busy = () => new BridgeError('mesh/busy', 'the connection to the relay has no room');
    return deadline(clock, TURN_MS, new Promise((resolve) => publisher.reply(resolve)), busy);
  }

  private async toEverybody(layout: JsonObject, why: string): Promise<Pushed> {
    await this.turn();
    this.parts.mesh.broadcast({ ...layout, msg_type: 'layout-update' });
    return {
      ok: true,
      confirmed: false,
      message: `${why}: the layout was sent to everybody, and nobody says who took it`,
    };
  }
}

function failed(code: PushProblem, message: string): Pushed {
  return { ok: false, code, message };
}
