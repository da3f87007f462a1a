import type { Dial } from '../../src/mesh/client-socket.js';
import { isObject, type JsonObject, type MeshFrame } from '../../src/mesh/frame.js';

/** Who listens in on the bridge's own connection. */
export interface RelayTaps {
  /** The bridge broadcasts this. */
  sent(payload: JsonObject): void;
  /** A broadcast came to the bridge. */
  came(payload: JsonObject): void;
  /** The bridge calls the relay. */
  dialled(): void;
  /** The connection is over. */
  lost(code: number): void;
}

/** A way to the relay on which somebody listens in, before the bridge does. */
export function tapped(dial: Dial, taps: RelayTaps): Dial {
  return (url, options) => {
    taps.dialled();
    const wire = dial(url, options);
    const send = wire.send.bind(wire) as (...args: unknown[]) => void;
    const tappedSend = (data: Buffer, ...rest: unknown[]) => {
      const { type, payload } = JSON.parse(data.toString()) as MeshFrame;
      if (type === 'broadcast_request' && isObject(payload)) taps.sent(payload);
      send(data, ...rest);
    };
    wire.send = tappedSend as typeof wire.send;
    wire.on('message', (data: Buffer) => {
      const { type, payload } = JSON.parse(data.toString()) as MeshFrame;
      if (type === 'broadcast' && isObject(payload)) taps.came(payload);
    });
    wire.on('close', (code: number) => taps.lost(code));
    return wire;
  };
}
