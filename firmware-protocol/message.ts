/** What an output or a sensor holds. */
export type ValueType = 'boolean' | 'number' | 'enum' | 'text';

/** One point of a board, as its describe line says it. Absent: none, or not fitting the point. */
export interface PointDescription {
  readonly id: string;
  readonly role: 'sensor' | 'actuator' | 'event';
  /** Absent for events, which have no value. */
  readonly type?: ValueType;
  /** What people call it; may be empty. */
  readonly label: string;
  /** May be empty. */
  readonly unit: string;
  readonly min?: number;
  readonly max?: number;
  readonly step?: number;
  /** What the output is put to when in doubt; absent: it is left alone. */
  readonly safe?: boolean | number | string;
  /** Milliseconds without a sign of its host after which the output is put to its safe value; 0: never. */
  readonly lease: number;
  /** The words of an enum; empty for other types. */
  readonly options: readonly string[];
}

/** What a board says of itself. */
export interface BoardInfo {
  /** Differs from one start of the board to the next; from 1. */
  readonly boot: number;
  /** How many points it has; a host refuses a board that says more than MAX_POINTS. */
  readonly points: number;
  /** CRC-32 of its manifest, eight hex digits. */
  readonly fingerprint: string;
  /** Bytes that it can receive while its sketch does something else. */
  readonly buffer: number;
  readonly id: string;
  readonly firmware: string;
  readonly name: string;
}

/** What a host says. Values are in their wire form (see value.ts). */
export type HostMessage =
  | { readonly verb: 'hello'; readonly nonce: number }
  | { readonly verb: 'describe'; readonly index: number }
  | { readonly verb: 'reading' }
  | { readonly verb: 'set'; readonly cid: number; readonly point: string; readonly value: string }
  | {
      readonly verb: 'pulse';
      readonly cid: number;
      readonly point: string;
      readonly value: string;
      readonly ms: number;
    }
  | { readonly verb: 'alive' }
  | { readonly verb: 'stop'; readonly cid: number }
  | {
      readonly verb: 'limit';
      readonly cid: number;
      readonly point: string;
      /** Longest time on, shortest time off, both in milliseconds, and number of the interlock group; 0: none. */
      readonly maxOn: number;
      readonly minOff: number;
      readonly group: number;
    };

/** Why a board refuses a command. */
export type NakCode = 'range' | 'unknown' | 'busy' | 'locked';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** One point's value in its wire form; for an event point the number of its events so far. */
export interface WireReading {
  readonly point: string;
  readonly value: string;
}

/** What a board says. Values are in their wire form (see value.ts). */
export type BoardMessage =
  /** `nonce` 0: not asked for, the board has just started. `board` is absent where `protocol` is not ours. */
  | { readonly verb: 'hello'; readonly nonce: number; readonly protocol: number; readonly board?: BoardInfo }
  | { readonly verb: 'describe'; readonly index: number; readonly point: PointDescription }
  | { readonly verb: 'reading'; readonly values: readonly WireReading[] }
  | { readonly verb: 'event'; readonly point: string; readonly count: number; readonly event: string }
  /** `value` is what was accepted, `-` where the command has none; `moving`: not there yet. */
  | { readonly verb: 'ack'; readonly cid: number; readonly value: string; readonly moving: boolean }
  | { readonly verb: 'nak'; readonly cid: number; readonly code: NakCode }
  /** `dropped`: lines that the board could not use since it started. */
  | { readonly verb: 'alive'; readonly dropped: number }
  | { readonly verb: 'log'; readonly level: LogLevel; readonly text: string };
