import type { JsonObject } from '../../../src/mesh/frame.js';
import { type FaultKind, sameBridge } from './fault.js';

type Config = JsonObject & { readonly devices: Readonly<Record<string, JsonObject>> };

/** Mistakes that people make in a config, each in one that says other things too. */
const MISTAKES: readonly ((config: Config) => string)[] = [
  (config) => JSON.stringify({ ...config, devicse: {} }),
  (config) => JSON.stringify({ ...config, publish: { maxHz: 'fast' } }),
  (config) => JSON.stringify({ ...config, bridge: { name: 'another', namespace: 'rig' } }),
  ({ devices, ...config }) =>
    JSON.stringify({ ...config, devices: { ...devices, tank: { ...devices['tank'], baudd: 1 } } }),
  ({ devices, ...config }) => JSON.stringify({ ...config, devices: { ...devices, new: { driver: 'boards' } } }),
  (config) => JSON.stringify(config).slice(0, -20),
  () => '',
  () => 'devices:\n  tank:\n driver: lines\n',
];

/** What can be wrong with the config that the bridge is told to take anew. */
export const CONFIG_FAULTS: readonly FaultKind[] = [
  {
    name: 'config with a mistake',
    aspect: 'config',
    targets: () => ['config'],
    begin: (world, _, random) => {
      const { host, ledger, stage } = world;
      const { yard, ...devices } = (host.config as Config).devices;
      const mistake = MISTAKES[Math.floor(random() * MISTAKES.length)] ?? String;
      const since = stage.clock.now();
      const isSame = sameBridge(world);
      const before = host.devicesNow;
      host.reload(mistake({ ...host.config, devices, publish: { maxHz: 1 } }));
      const refused = () => {
        const same = host.devicesNow.every((device, at) => device === before[at]);
        ledger.check(same, 'a config with a mistake was taken');
        const said = world.complaints.heardOf(/^the config was not taken/, since);
        ledger.check(said, 'nobody was told that the config has a mistake');
      };
      return () => {
        if (isSame()) refused();
        host.reload();
      };
    },
  },
];
