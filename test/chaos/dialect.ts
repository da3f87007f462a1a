import { decodeBoardLine, decodeHostLine } from '../../firmware-protocol/decode.js';
import type { PointDescription } from '../../firmware-protocol/message.js';
import { decodeValue } from '../../firmware-protocol/value.js';
import type { Value } from '../../src/device/point.js';

/** One value that a device said. */
export interface Said {
  readonly point: string;
  readonly value: Value | null;
}

/** What the bridge wrote to a device. */
export type Told =
  | {
      readonly kind: 'set';
      readonly point: string;
      readonly value: Value;
      readonly isSafe: boolean;
      readonly cid?: number;
    }
  | { readonly kind: 'alive' }
  | { readonly kind: 'stop' };

/** Understands the true lines of one device, both ways, for those who only listen. */
export interface Dialect {
  /** The values in a line of the device; `begun`: it said that a new session has begun. */
  said(line: string): { readonly values: readonly Said[]; readonly begun: boolean };
  told(line: string): Told | undefined;
}

/** Boards that speak the board protocol and have these points, and those that they describe. */
export function boardDialect(points: readonly PointDescription[]): Dialect {
  const byId = new Map(points.map((point) => [point.id, point]));
  const owners = new Map<number, string>();
  let nonce = 0;
  const valueIn = (id: string, field: string): Value | null | undefined => {
    const point = byId.get(id);
    return point?.type && decodeValue({ type: point.type, options: point.options }, field);
  };
  return {
    said: (line) => {
      const { message } = decodeBoardLine(line);
      const values: Said[] = [];
      const say = (point: string, field: string) => {
        const value = valueIn(point, field);
        if (value !== undefined) values.push({ point, value });
      };
      let begun = false;
      if (message?.verb === 'describe') byId.set(message.point.id, message.point);
      if (message?.verb === 'hello' && message.nonce !== 0 && message.nonce !== nonce) {
        nonce = message.nonce;
        begun = true;
      } else if (message?.verb === 'reading') {
        for (const { point, value } of message.values) say(point, value);
      } else if (message?.verb === 'ack') {
        const point = owners.get(message.cid);
        if (point !== undefined) say(point, message.value);
      }
      return { values, begun };
    },
    told: (line) => {
      const { message } = decodeHostLine(line);
      if (message?.verb === 'alive' || message?.verb === 'stop') return { kind: message.verb };
      if (message?.verb !== 'set' && message?.verb !== 'pulse') return undefined;
      owners.set(message.cid, message.point);
      const value = valueIn(message.point, message.value);
      if (value === undefined || value === null) return undefined;
      const isSafe = byId.get(message.point)?.safe === value;
      return { kind: 'set', point: message.point, value, isSafe, cid: message.cid };
    },
  };
}

/** The sketch that prints numbered values. */
export const sketchDialect: Dialect = {
  said: (line) => {
    const match = /^N=(\d+) P=([01]) L=(\d+);$/.exec(line);
    if (!match) return { values: [], begun: false };
    const values = [
      { point: 'n', value: Number(match[1]) },
      { point: 'pump', value: match[2] === '1' },
      { point: 'level', value: Number(match[3]) },
    ];
    return { values, begun: false };
  },
  told: (line) => {
    const pump = /^PUMP (on|off)$/.exec(line)?.[1];
    if (pump !== undefined) return { kind: 'set', point: 'pump', value: pump === 'on', isSafe: pump === 'off' };
    const level = /^LEVEL (\d+)$/.exec(line)?.[1];
    return level === undefined
      ? undefined
      : { kind: 'set', point: 'level', value: Number(level), isSafe: level === '0' };
  },
};
