/** What a phone needs to join the bridge's channel. */
export interface PairingParts {
  /** The relay's address as phones reach it. */
  readonly url: string;
  readonly channel: string;
  /** What the relay asks for, where it asks. */
  readonly token: string | undefined;
  /** Base64 of the room's key, where there is one. */
  readonly roomKey: string | undefined;
}

/** How a phone is paired, or why none can be. */
export type Pairing =
  | {
      readonly ok: true /** The JSON that the QR code holds; it lets whoever has it in. */;
      readonly text: string;
      readonly url: string;
      readonly channel: string;
    }
  | { readonly ok: false; readonly message: string };

/** The pairing data as apps read them from a QR code. */
export function pairingOf({ url, channel, token, roomKey }: PairingParts): Pairing {
  // Relays give the role `mobile` the right to broadcast and to route; `controller` has none.
  const data = {
    url,
    channel,
    role: 'mobile',
    ...(token === undefined ? {} : { token }),
    ...(roomKey === undefined ? {} : { k: roomKey }),
  };
  return { ok: true, text: JSON.stringify(data), url, channel };
}
