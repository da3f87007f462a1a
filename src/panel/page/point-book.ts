import { isObject, type JsonObject } from '../../mesh/frame.js';

/** What is known of a point beside its value. */
export interface PointNote {
  readonly quality: string;
  /** When the device said it last, on the page's clock; undefined: not in this session. */
  readonly at: number | undefined;
}

/** How good and how old each point's value is: from the frames that come anyway, and from the ages that are asked for. */
export class PointBook {
  private readonly notes = new Map<string, PointNote>();

  constructor(
    private readonly namespace: string,
    private readonly now: () => number,
  ) {}

  /** By `device.point`. */
  of(name: string): PointNote | undefined {
    return this.notes.get(name);
  }

  /** Takes in a broadcast; returns the points that it says something of. */
  hear(frame: JsonObject): string[] {
    const type = frame['msg_type'];
    if (type === `${this.namespace}.state`) {
      return this.each(
        frame,
        (old, value) => (value === null ? old : { quality: old?.quality ?? 'good', at: this.now() }),
        frame['_full'] === true,
      );
    }
    if (type === `${this.namespace}.quality`) {
      return this.each(frame, (old, word) => ({ quality: String(word), at: old?.at }), false);
    }
    return [];
  }

  /** Takes in the answer to `get_state`. */
  take(answer: JsonObject): void {
    const { devices } = answer;
    if (!isObject(devices)) return;
    for (const [device, state] of Object.entries(devices)) {
      const points = isObject(state) ? state['points'] : undefined;
      if (!isObject(points)) continue;
      for (const [point, fact] of Object.entries(points)) {
        if (!isObject(fact)) continue;
        const age = fact['age_ms'];
        const at = typeof age === 'number' ? this.now() - age : undefined;
        this.notes.set(`${device}.${point}`, { quality: String(fact['quality']), at });
      }
    }
  }

  /** `repeated`: the frame says everything again, which is no news about ages. */
  private each(
    frame: JsonObject,
    next: (old: PointNote | undefined, value: unknown) => PointNote | undefined,
    repeated: boolean,
  ): string[] {
    const names: string[] = [];
    for (const [device, points] of Object.entries(frame)) {
      if (device.startsWith('_') || !isObject(points)) continue;
      for (const [point, value] of Object.entries(points)) {
        const name = `${device}.${point}`;
        const old = this.notes.get(name);
        const note = repeated && old ? old : next(old, value);
        if (!note) continue;
        this.notes.set(name, note);
        names.push(name);
      }
    }
    return names;
  }
}
