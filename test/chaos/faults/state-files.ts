import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { World } from '../world.js';
import type { FaultKind } from './fault.js';

/** What may be wrong with a file. */
const DAMAGES: Readonly<Record<string, (text: string, random: () => number) => string>> = {
  torn: (text, random) => text.slice(0, Math.floor(text.length * random() * 0.9)),
  mutated: (text, random) => {
    const at = Math.floor(random() * text.length);
    return `${text.slice(0, at)}\u0000${text.slice(at + 1)}`;
  },
  'of a newer version': (text) => text.replace(/"version": *\d+/, '"version": 99'),
  'another thing': () => '{"version":1,"latched":"maybe","outputs":[true],"joined":7}',
};

/** The bridge is killed, and one of its files is not what it wrote when it begins again. */
function damaged(damage: string): FaultKind {
  return {
    name: `bridge killed, a state file ${damage}`,
    aspect: 'process',
    targets: () => ['bridge'],
    begin: (world, _, random) => {
      world.kill();
      return async () => {
        const { begun } = harm(world, DAMAGES[damage] ?? String, random);
        await world.begin();
        begun();
      };
    },
  };
}

/** Damages any file that is there; what is returned sees to it that the new bridge said so. */
function harm(world: World, damage: (text: string, random: () => number) => string, random: () => number) {
  const { stateDir } = world.host;
  const files = readdirSync(stateDir).filter((file) => file.endsWith('.json'));
  const name = files[Math.floor(random() * files.length)];
  if (name === undefined) return { begun: () => {} };
  const path = join(stateDir, name);
  writeFileSync(path, damage(readFileSync(path, 'utf8'), random));
  if (name === 'estop.json') world.stops.latched();
  world.doubt();
  // Nobody can tell what the one before said, and there may be none.
  if (existsSync(`${path}.previous`) && random() < 0.5) rmSync(`${path}.previous`);
  const since = world.stage.clock.now();
  const said = () => world.complaints.heardOf(/the state file .*(not usable|newer)/, since);
  return {
    begun: () => {
      world.ledger.check(said(), `nobody was told that ${name} is not usable`);
      if (name === 'estop.json') world.ledger.check(world.known.isLatched, 'a stop that may be latched was let go of');
    },
  };
}

/** What can befall what the bridge remembers. */
export const STATE_FAULTS: readonly FaultKind[] = Object.keys(DAMAGES).map(damaged);
