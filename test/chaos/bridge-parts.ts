import { join } from 'node:path';
import { drivers } from '../../devices/index.js';
import type { BridgeParts } from '../../src/bridge.js';
import { parseConfig } from '../../src/config/load.js';
import { seededRandom } from '../../src/device/seeded-random.js';
import type { Log } from '../../src/log.js';
import { pairingOf } from '../../src/pairing.js';
import { noPins } from '../support/no-pins.js';
import type { Specimen } from './specimen.js';
import type { Stage } from './stage.js';
import { type RelayTaps, tapped } from './tap.js';

/** A whole bridge for these devices on this stage; what chance decides follows from the seed. */
export function bridgeParts(
  stage: Stage,
  specimens: Iterable<Specimen>,
  { seed, log, taps }: { readonly seed: number; readonly log: Log; readonly taps: RelayTaps },
): BridgeParts {
  const { clock, folder, url, token, ports } = stage;
  const devices = [...specimens].map(({ id, options }) => [id, { ...options, port: stage.path(id) }]);
  const text = JSON.stringify({
    bridge: { name: 'rig', namespace: 'rig', stateDir: join(folder, 'state') },
    relay: { url, channel: 'lab', token },
    devices: Object.fromEntries(devices),
  });
  const random = seededRandom(seed + 1);
  const { config } = parseConfig({ path: 'chaos', text, shared: false }, { drivers, env: {}, homeDir: folder });
  return {
    config,
    relayUrl: url,
    token,
    openRelay: false,
    drivers,
    version: '0.0.0',
    hostname: 'rig',
    clock,
    random,
    log,
    ports,
    pairing: pairingOf({ url, channel: 'lab', token, roomKey: undefined }),
    pins: () => noPins,
    dial: tapped(stage.dial, taps),
  };
}
