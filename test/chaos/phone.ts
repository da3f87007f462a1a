import type { Clock, Timer } from '../../src/clock.js';
import type { Dial, Wire } from '../../src/mesh/client-socket.js';
import { isObject, type JsonObject, type MeshFrame } from '../../src/mesh/frame.js';

const AGAIN_MS = 500;

/** What a phone is built from. */
export interface PhoneParts {
  name: string;
  dial: Dial;
  url: string;
  token: string | undefined;
  clock: Clock;
  /** Called with every broadcast that it gets. */
  got?(payload: JsonObject): void;
}

/** A dashboard on a phone: comes back by itself, asks for the state when it comes, taps, and knows what it was told last. */
export class Phone {
  /** Last values by `device.point`, and last health words by device. */
  readonly values = new Map<string, unknown>();
  readonly health = new Map<string, unknown>();
  readonly answers = new Map<string, JsonObject>();
  private wire: (Wire & { pause(): void; resume(): void }) | undefined;
  private again: Timer | undefined;
  private admitted = false;
  private taps = 0;
  private frames = 0;
  /** It reads nothing. */
  asleep = false;
  private last: JsonObject | undefined;
  private over = false;

  constructor(private readonly parts: PhoneParts) {}

  get name(): string {
    return this.parts.name;
  }

  /** Whether the relay has let it in. */
  get ready(): boolean {
    return this.admitted;
  }

  start(): void {
    this.over = false;
    const { dial, url, clock, name, token } = this.parts;
    const wire = dial(url, {}) as Wire & { pause(): void; resume(): void };
    this.wire = wire;
    wire.on('open', () => {
      const rights = { role: 'mobile', can_broadcast: true, can_route: true, broadcast_scope: 'channel' };
      this.frame('identify', { name, channel: 'lab', token: token ?? null, ...rights });
      if (this.asleep) wire.pause();
    });
    wire.on('message', (data: Buffer) => this.receive(JSON.parse(data.toString()) as MeshFrame));
    wire.on('error', () => {});
    wire.on('close', () => {
      // One that was hung up may end after the next has begun.
      if (this.wire !== wire) return;
      this.admitted = false;
      this.wire = undefined;
      if (!this.over) this.again = clock.after(AGAIN_MS, () => this.start());
    });
  }

  /** Taps a control; returns the command's id, or undefined while it is not connected. */
  command(device: string, point: string, wish: JsonObject): string | undefined {
    const cmd = `${this.name}-${++this.taps}`;
    const payload = { msg_type: 'rig.cmd', dev: device, point, ...wish, _cmd: cmd, _from: this.name };
    return this.send(payload) ? cmd : undefined;
  }

  /** Says that the button of its last command is still held. */
  hold(device: string, point: string): void {
    this.send({ msg_type: 'rig.hold', dev: device, point, held: true, _from: this.name });
  }

  /** Sends its last command once more, as a phone does that missed the answer. */
  repeat(): void {
    if (this.last) this.send(this.last);
  }

  /** Broadcasts; false while it is not connected. */
  send(payload: JsonObject): boolean {
    if (!this.admitted) return false;
    if (payload['msg_type'] === 'rig.cmd') this.last = payload;
    this.frame('broadcast_request', payload);
    return true;
  }

  /** Stops reading, as in a tunnel. */
  sleep(): void {
    this.asleep = true;
    this.wire?.pause();
  }

  wake(): void {
    this.asleep = false;
    this.wire?.resume();
  }

  /** Is gone without a word, and comes back soon. */
  drop(): void {
    this.wire?.terminate();
  }

  /** Is gone without a word, until it is started again. */
  stop(): void {
    this.over = true;
    this.again?.cancel();
    this.wire?.terminate();
    this.wire = undefined;
    this.admitted = false;
  }

  private frame(type: string, payload: unknown): void {
    const id = `${this.name}-frame-${++this.frames}`;
    this.wire?.send(JSON.stringify({ id, type, payload, reply_to: null }), () => {});
  }

  private receive(frame: MeshFrame): void {
    if (frame.type === 'welcome') {
      this.admitted = true;
      this.send({ msg_type: 'control_sync_request', from: this.name });
    } else if (frame.type === 'broadcast' && isObject(frame.payload)) {
      this.learn(frame.payload);
      this.parts.got?.(frame.payload);
    }
  }

  private learn(payload: JsonObject): void {
    const type = payload['msg_type'];
    if (type === 'command_ack') this.answers.set(String(payload['cmd_id']), payload);
    if (type !== 'rig.state' && type !== 'rig.health') return;
    for (const [device, said] of Object.entries(payload)) {
      if (type === 'rig.health') this.health.set(device, said);
      else if (isObject(said))
        for (const [point, value] of Object.entries(said)) this.values.set(`${device}.${point}`, value);
    }
  }
}
