import type { Clock, Timer } from '../clock.js';
import { isObject, type JsonObject } from '../mesh/frame.js';
import { isMet } from './condition.js';
import { type Contract, type ControlContract, contractOf } from './contract.js';
import { ControlState } from './control-state.js';
import { filledGroups, fillGroups } from './dynamic.js';
import { emission, type Gesture } from './emit.js';
import { FIXED_TYPES } from './own-frames.js';
import { Polling } from './polling.js';
import { folded } from './sections.js';
import { accept, hear } from './sync.js';

/** What a virtual phone is built from. */
export interface VirtualPhoneParts {
  /** Any layout; it is copied. */
  layout: unknown;
  /** The phone's name on the relay. */
  name: string;
  clock: Clock;
  /** A new id for each tap. */
  newId(): string;
  /** Hands a frame to the relay. */
  send(event: string, payload: unknown): void;
  /** Controls show something else, or others are there (`undefined`). */
  changed?(ids: ReadonlySet<string> | undefined): void;
}

/**
 * A layout as a phone runs it: broadcasts in, taps out, and what every control shows in between. Does what the app
 * does, nothing more; drawing is for others.
 */
export class VirtualPhone {
  /** The layout with its dynamic groups as they are filled now. */
  layout: JsonObject;
  private contract: Contract;
  private readonly states = new Map<string, ControlState>();
  private readonly waits = new Map<string, Timer>();
  private readonly polling: Polling;

  constructor(private readonly parts: VirtualPhoneParts) {
    this.layout = copied(parts.layout);
    this.contract = contractOf(this.layout);
    this.polling = new Polling(parts.clock, (event, payload) => parts.send(event, payload));
    this.index();
  }

  /** Another layout takes this one's place: controls that stay keep what they show, dynamic groups what fills them. */
  load(layout: unknown): void {
    const fillings = filledGroups(this.layout);
    this.layout = copied(layout);
    for (const filling of fillings) fillGroups(this.layout, filling);
    this.contract = contractOf(this.layout);
    this.index();
    this.parts.changed?.(undefined);
  }

  /** The phone is on the channel (again): asks for everything, and begins to poll where the layout says so. */
  connected(): void {
    const { state, dynamic, polls } = this.contract;
    if (state.sync || dynamic.length > 0) {
      const slots = dynamic.length > 0 ? { dynamic } : {};
      this.parts.send('broadcast_request', { msg_type: 'control_sync_request', from: this.parts.name, ...slots });
    }
    this.polling.start(polls);
  }

  /** The phone is off the channel: it polls no more; what it waits for is given up in its time. */
  disconnected(): void {
    this.polling.stop();
  }

  /** Ends everything; no timer is left. */
  close(): void {
    this.disconnected();
    for (const timer of this.waits.values()) timer.cancel();
    this.waits.clear();
  }

  /** Takes in the payload of a broadcast, whatever it is. */
  receive(payload: unknown): void {
    const type = isObject(payload) ? payload['msg_type'] : undefined;
    if (isObject(payload) && type === 'command_ack') this.acknowledged(payload);
    else if (isObject(payload) && type === 'control_snapshot') this.restore(payload);
    else if (!FIXED_TYPES.has(type)) {
      if (isObject(payload) && fillGroups(this.layout, payload)) {
        this.contract = contractOf(this.layout);
        this.index();
        this.parts.changed?.(undefined);
      }
      this.sync(payload);
    }
  }

  /** Does a gesture at a control (`action`, `longPressAction`, `nodeAction`, …); returns the frame that left, if any. */
  act(id: string, gesture: Gesture = {}, name = 'action'): JsonObject | undefined {
    const control = this.contract.controls.get(id);
    const state = this.states.get(id);
    if (!control || !state) throw new Error(`there is no control ${id}`);
    const spot = control.actions.find((action) => action.name === name);
    const frame = spot && emission(spot.action, gesture, control.type);
    if (!frame) {
      state.wish(gesture.value, undefined);
      this.changed(id);
      return undefined;
    }
    const { acks } = this.contract.state;
    const stamped = acks && isObject(frame.payload);
    const cmd = stamped ? this.parts.newId() : undefined;
    const payload = stamped ? { ...(frame.payload as JsonObject), _cmd: cmd, _from: this.parts.name } : frame.payload;
    state.wish(gesture.value, cmd);
    if (cmd !== undefined) this.wait(state, cmd);
    this.changed(id);
    this.parts.send(frame.event, payload);
    return { event: frame.event, payload };
  }

  /** What a control shows; undefined where there is no such control. */
  state(id: string): ControlState | undefined {
    return this.states.get(id);
  }

  /** The ids of all controls, in the order of the layout. */
  ids(): string[] {
    return [...this.contract.controls.keys()];
  }

  /** What a control listens to and sends; undefined where there is no such control. */
  control(id: string): ControlContract | undefined {
    return this.contract.controls.get(id);
  }

  /** False while a control's own condition hides it. */
  visible(id: string): boolean {
    const condition = this.contract.controls.get(id)?.control['visible'];
    return condition === undefined || condition === null || isMet(condition, (other) => this.states.get(other)?.shown);
  }

  private sync(payload: unknown): void {
    const touched = new Set<string>();
    for (const { id, type, listens } of this.contract.controls.values()) {
      const state = this.states.get(id);
      if (!state || state.pending) continue;
      for (const listen of listens) {
        const outcome = hear(type, listen, payload);
        if (!('delivery' in outcome)) continue;
        state.take(outcome.delivery);
        touched.add(id);
      }
    }
    if (touched.size > 0) this.parts.changed?.(touched);
  }

  private acknowledged({ cmd_id, to, ok, code, message }: JsonObject): void {
    if (to !== this.parts.name) return;
    const state = [...this.states.values()].find(({ pending }) => pending?.cmd === cmd_id);
    if (!state?.pending) return;
    this.endWait(state.pending.cmd);
    if (ok === true) state.settle();
    else state.revert({ code: text(code) ?? 'refused', message: text(message) ?? '' });
    this.changed(state.id);
  }

  private restore({ to, controls }: JsonObject): void {
    if (to !== this.parts.name || !isObject(controls)) return;
    const touched = new Set<string>();
    for (const [id, value] of Object.entries(controls)) {
      const state = this.states.get(id);
      if (!state || state.pending) continue;
      const outcome = accept(state.type, value);
      if (!('delivery' in outcome)) continue;
      state.take(outcome.delivery);
      touched.add(id);
    }
    if (touched.size > 0) this.parts.changed?.(touched);
  }

  private wait(state: ControlState, cmd: string): void {
    const { clock } = this.parts;
    const giveUp = () => {
      this.waits.delete(cmd);
      if (state.pending?.cmd !== cmd) return;
      state.revert({ code: 'no_answer', message: 'nobody answered in time' });
      this.changed(state.id);
    };
    this.waits.set(cmd, clock.after(this.contract.state.ackTimeoutMs, giveUp));
  }

  private endWait(cmd: string): void {
    this.waits.get(cmd)?.cancel();
    this.waits.delete(cmd);
  }

  /** Controls that stay keep what they show; a new one begins with its default. */
  private index(): void {
    const before = new Map(this.states);
    this.states.clear();
    for (const { id, type, control } of this.contract.controls.values()) {
      const old = before.get(id);
      if (old?.type === type && old) {
        old.control = control;
        this.states.set(id, old);
      } else this.states.set(id, new ControlState(id, type, control));
    }
  }

  private changed(id: string): void {
    this.parts.changed?.(new Set([id]));
  }
}

function copied(layout: unknown): JsonObject {
  return isObject(layout) ? structuredClone(folded(layout)) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
