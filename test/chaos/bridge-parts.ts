import { drivers } from '../../devices/index.js';
import type { BridgeParts } from '../../src/bridge.js';
import type { ConfigContext } from '../../src/config/load.js';
import type { Config } from '../../src/config/schema.js';
import type { JsonObject } from '../../src/mesh/frame.js';
import { pairingOf } from '../../src/pairing.js';
import type { Specimen } from './specimen.js';
import type { Stage } from './stage.js';

/** The config of a bridge for these devices. */
export function configFor(stage: Stage, specimens: Iterable<Specimen>): JsonObject {
  const { url, token } = stage;
  const devices = [...specimens].map(({ id, options, wired }) => {
    return [id, wired ? options : { ...options, port: stage.address(id) }];
  });
  return {
    // Another folder after each death, so that no dead bridge writes where a living one reads.
    bridge: { name: 'rig', namespace: 'rig', stateDir: `\${STATE}` },
    relay: { url, channel: 'lab', token },
    // Whoever counts begins anew with each bridge, so that it is known what he must have counted.
    persist: { interval: '1s', values: true, history: true, counters: true },
    publish: { maxHz: 5 },
    devices: Object.fromEntries(devices),
  };
}

/** What a config is read with. */
export function configContext(folder: string, stateDir: string): ConfigContext {
  return { drivers, env: { STATE: stateDir }, homeDir: folder, hostname: 'rig' };
}

/** Everything that such a bridge is built from, but for what it is given of the world. */
export function bridgeParts(
  { url, token }: Pick<Stage, 'url' | 'token'>,
  config: Config,
  world: Pick<BridgeParts, 'clock' | 'random' | 'log' | 'ports' | 'pins' | 'dial'>,
): BridgeParts {
  return {
    config,
    relayUrl: url,
    token,
    openRelay: false,
    drivers,
    version: '0.0.0',
    hostname: 'rig',
    pairing: pairingOf({ url, channel: 'lab', token, roomKey: undefined }),
    ...world,
  };
}
