import type { Value } from '../device/point.js';
import type { JsonObject } from '../mesh/frame.js';
import { holds } from './catalogue.js';
import { accept, type Delivery, isScalar } from './sync.js';

/** A wish that its phone waits for. */
export interface Pending {
  readonly cmd: string;
  /** What the control shows meanwhile; undefined: what it showed. */
  readonly value: Value | undefined;
}

/** Why the last wish was not fulfilled. */
export interface Refusal {
  /** A code of the bridge, or `no_answer`. */
  readonly code: string;
  readonly message: string;
}

const SAMPLES = 50;
const LINES = 200;

/** What one control shows now. */
export class ControlState {
  /** What was synced, or confirmed, last. */
  value: Value | undefined;
  pending: Pending | undefined;
  refusal: Refusal | undefined;
  samples: readonly number[] = [];
  rows: readonly JsonObject[] = [];
  lines: readonly JsonObject[] = [];
  document: unknown;

  constructor(
    readonly id: string,
    readonly type: string | undefined,
    /** The control as the layout has it now. */
    public control: JsonObject,
  ) {
    const { defaultValue } = control;
    if (defaultValue === undefined || defaultValue === null) return;
    const outcome = accept(type, defaultValue);
    if ('delivery' in outcome) this.take(outcome.delivery);
  }

  /** What it shows: the wish while that is pending, else the truth. */
  get shown(): Value | undefined {
    return this.pending?.value ?? this.value;
  }

  /** Takes in what a frame or a snapshot delivers. */
  take(delivery: Delivery): void {
    switch (delivery.to) {
      case 'value':
        this.value = delivery.value;
        break;
      case 'samples': {
        const all = delivery.replace ? delivery.samples : [...this.samples, ...delivery.samples];
        this.samples = all.slice(-this.limit('sparklinePoints', SAMPLES));
        this.value = this.samples.at(-1);
        break;
      }
      case 'rows':
        this.rows = delivery.rows;
        break;
      case 'lines':
        this.lines = [...this.lines, ...delivery.lines].slice(-this.limit('maxLines', LINES));
        break;
      case 'document':
        this.document = delivery.document;
        break;
    }
  }

  /** A tap: the wish is shown; without an answer to wait for it is the truth at once. */
  wish(value: unknown, cmd: string | undefined): void {
    const holdsValue = !['nothing', 'samples', 'rows', 'lines', 'document'].includes(holds(this.type));
    const shown = holdsValue && isScalar(value) ? value : undefined;
    this.refusal = undefined;
    if (cmd !== undefined) this.pending = { cmd, value: shown };
    else if (shown !== undefined) this.value = shown;
  }

  /** The wish was fulfilled. */
  settle(): void {
    this.value = this.shown;
    this.pending = undefined;
  }

  /** The wish was not fulfilled: back to the truth. */
  revert(refusal: Refusal): void {
    this.pending = undefined;
    this.refusal = refusal;
  }

  private limit(field: string, fallback: number): number {
    const given = this.control[field];
    return typeof given === 'number' && given >= 1 ? Math.min(5_000, Math.floor(given)) : fallback;
  }
}
