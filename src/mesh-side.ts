import { randomBytes } from 'node:crypto';
import type { Clock } from './clock.js';
import type { Config } from './config/schema.js';
import type { Log } from './log.js';
import { MeshClient, type MeshHandlers } from './mesh/client.js';
import type { Dial } from './mesh/client-socket.js';
import type { Trust } from './mesh/client-trust.js';
import type { DeviceToken } from './mesh/device-token.js';
import { roomCipher } from './mesh/e2ee.js';
import type { ReplayMemory } from './mesh/e2ee-replay.js';

/** What the bridge's client on the relay is built from. */
export interface MeshSideParts {
  readonly config: Pick<Config, 'bridge' | 'relay'>;
  readonly relayUrl: string;
  /** What the relay asks for, where it asks and the token does not change. */
  readonly token: string | undefined;
  /** A token that is renewed, where there is one. */
  readonly tokens: DeviceToken | undefined;
  /** Whom a `wss://` relay has to be; anybody whom the system trusts where absent. */
  readonly trust?: Trust | undefined;
  /** Which sealed frames came before, over whichever connection. */
  readonly replay?: ReplayMemory | undefined;
  /** How to reach the relay; over the network where absent. */
  readonly dial?: Dial | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
}

/** The bridge's client on its relay, as the config wants it; it does not connect yet. */
export function joinRelay(parts: MeshSideParts, handlers: MeshHandlers): MeshClient {
  const { config, relayUrl, token, tokens, trust, replay: memory, dial, clock, random, log } = parts;
  const { name } = config.bridge;
  const { channel, roomKey, unstamped, credential } = config.relay;
  const room = { channel, name, clock, memory, unstamped, randomBytes };
  const cipher = roomKey === undefined ? {} : { cipher: roomCipher(roomKey, room) };
  return new MeshClient(
    {
      url: relayUrl,
      name,
      channel,
      ...(tokens ? { token: () => tokens.current } : token === undefined ? {} : { token }),
      trust,
      dial,
      ...cipher,
      // Relays of an account write on each frame whose it is.
      namesSenders: credential !== undefined,
      clock,
      random,
      log: log.child({ part: 'relay' }),
    },
    handlers,
  );
}
